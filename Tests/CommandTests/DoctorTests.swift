import Foundation
import TestSupport
import Testing

/// `pem-doctor`.
@Suite(.serialized) struct DoctorTests {
    private static let sections = [
        "Program", "System", "Processor", "Kernels", "Threads", "Memory", "Data", "Self-test",
    ]

    @Test func everythingIsShown() throws {
        let project = try TinyProject()
        try FileManager.default.createDirectory(
            atPath: project.file("data/cityscapes/gtFine"), withIntermediateDirectories: true)
        let result = try Command.run(
            "pem-doctor", ["--quick"],
            shell: "export DETECTRON2_DATASETS='\(project.file("data"))' CAMVID_ROOT=/nowhere")
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        let lines = result.output.split(separator: "\n").map(String.init)
        for section in Self.sections { #expect(lines.contains(section), "\(section): \(result.output)") }
        #expect(lines.contains { $0.contains("PEM") && $0.contains("right (logits differ") }, "\(result.output)")
        #expect(lines.contains { $0.contains("cityscapes") && $0.contains("/data/cityscapes/gtFine") })
        #expect(lines.contains { $0.contains("camvid") && $0.contains("none, CAMVID_ROOT is set") })
        #expect(lines.last?.hasPrefix("To report a fault") == true)
    }

    /// On each instruction set that the machine has.
    @Test(arguments: ["baseline", "avx2", "avx512"]) func theSelfTestHoldsForAllKernels(kernels: String) throws {
        let result = try Command.run("pem-doctor", ["--json", "--quick"], shell: "export PEM_KERNELS=\(kernels)")
        if result.status == 1, result.errors.contains("this processor cannot run '\(kernels)'") { return }
        try #require(result.status == 0, "\(result.errors)")
        let all = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        #expect(all["self_test_passed"] as? Bool == true)
        let chosen = try #require(all["kernels"] as? [String: Any])
        #expect(chosen["instruction_set"] as? String == kernels && chosen["openblas_kernels"] is String)
        let memory = try #require(all["memory"] as? [String: Any])
        #expect(memory["total_bytes"] as? Int ?? 0 > 0)
        let advice = try #require(all["advice"] as? [String])
        let isForced = chosen["best_here"] as? String != kernels
        #expect(advice.contains { $0.contains("PEM_KERNELS forces") } == isForced)
    }

    @Test func speedsAreMeasured() throws {
        let result = try Command.run("pem-doctor", ["--json"])
        let all = try #require(try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
        let speed = try #require(all["speed"] as? [String: Double])
        #expect(speed["peak_gflops"] ?? 0 > 0 && speed.count > 2, "\(speed)")
    }
}
