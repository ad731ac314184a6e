import Engine
import Foundation
import Profiling

extension Diagnosis.Section {
    /// The processor: model, instructions that matter here, caches.
    static var processor: Self {
        func value(_ name: String) -> String { LinuxFile.value(name, of: "/proc/cpuinfo") ?? "unknown" }
        let features = value("flags").split(separator: " ").map(String.init)
        return Self(
            title: "Processor",
            facts: [
                Fact("model", .text(Machine.processor)),
                Fact(
                    "identity",
                    .text("\(value("vendor_id")), family \(value("cpu family")), model \(value("model"))")),
                Fact("features", .list(features.filter(isOfInterest))), Fact("caches", .list(caches)),
            ])
    }

    private static func isOfInterest(_ feature: String) -> Bool {
        ["sse4_2", "fma", "hypervisor"].contains(feature)
            || ["avx", "amx", "f16c"].contains(where: feature.hasPrefix)
    }

    /// Those of one processor, such as L1d:48K.
    private static var caches: [String] {
        let folder = "/sys/devices/system/cpu/cpu0/cache/"
        return (0..<8).compactMap { index in
            func text(_ name: String) -> String { LinuxFile.text("\(folder)index\(index)/\(name)") }
            let kind = ["Data": "d", "Instruction": "i"][text("type")] ?? ""
            return text("size").isEmpty ? nil : "L\(text("level"))\(kind):\(text("size"))"
        }
    }
}
