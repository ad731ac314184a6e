import Foundation
import Kernels

/// What the figures depend on.
enum Machine {
    static var lines: [String] {
        [
            "- CPU: \(processor), \(ProcessInfo.processInfo.activeProcessorCount) cores",
            "- OpenBLAS kernels: \(matrixProductCoreName())",
            "- Swift \(compiler), release build",
        ]
    }

    private static var processor: String {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) } ?? "unknown"
    }

    private static var compiler: String {
        #if compiler(>=6.4)
        "6.4 or newer"
        #elseif compiler(>=6.3)
        "6.3"
        #else
        "6.2"
        #endif
    }
}
