import Foundation
import TestSupport
import Testing

/// `pem-profile` on small sizes.
@Suite(.serialized) struct ProfileTests {
    private struct Report: Decodable {
        struct Module: Decodable {
            let name: String
            let parameters: Int
            let macs: Int
            let published: Int
            let seconds: Double
        }

        struct Stage: Decodable {
            let name: String
            let is_part_of_forward: Bool
            let seconds: Double
        }

        let sgemm_gflops: Double
        let macs: Int
        let published: Int
        let parameters: Int
        let seconds: Double
        let seconds_median: Double
        let ratio_to_sgemm: Double
        let peak_bytes: Int
        let modules: [Module]
        let stages: [Stage]
    }

    private func profile(_ config: String, _ arguments: [String]) throws -> (report: Report, output: String) {
        let file = NSTemporaryDirectory() + "profile-\(UUID().uuidString).json"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let result = try Command.run("pem-profile", ["--config", config, "--json", file] + arguments)
        #expect(result.status == 0, "\(result.errors)")
        let data = try Data(contentsOf: URL(fileURLWithPath: file))
        return (try JSONDecoder().decode(Report.self, from: data), result.output)
    }

    @Test func anOfficialNetworkIsCountedAndTimed() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let config = root.deletingLastPathComponent().appendingPathComponent("Configs/cityscapes_sem_stdc1.cfg").path
        let (report, output) = try profile(config, ["--size", "64x128", "--runs", "1"])
        #expect(abs(Double(report.parameters) / 1e6 - 16.96) < 0.005)
        #expect(report.modules.reduce(0) { $0 + $1.parameters } == report.parameters)
        #expect(report.modules.reduce(0) { $0 + $1.macs } == report.macs)
        #expect(report.modules.reduce(0) { $0 + $1.published } == report.published)
        #expect(
            report.stages.map(\.name) == [
                "preparation", "backbone", "sem_seg_head.pixel_decoder", "sem_seg_head.predictor", "inference",
            ])
        #expect(report.seconds > 0 && report.seconds == report.seconds_median && report.peak_bytes > 1 << 24)
        let reference = 2 * Double(report.macs) / (report.sgemm_gflops * 1e9)
        #expect(abs(report.ratio_to_sgemm - report.seconds / reference) < 1e-6 * report.ratio_to_sgemm)
        // A module with work has been timed under the name that it is listed by.
        for module in report.modules where module.macs > 0 { #expect(module.seconds > 0, "\(module.name)") }
        #expect(report.modules.reduce(0) { $0 + $1.seconds } < report.seconds)
        #expect(output.contains("one run to warm up") && output.contains("backbone.features.7"))
    }

    @Test func aTrainingStepHasItsStages() throws {
        let project = try TinyProject()
        let (report, output) = try profile(
            project.file("tiny.cfg"), ["--train", "--size", "64x96", "--batch", "2", "--runs", "2"])
        #expect(
            report.stages.map(\.name) == [
                "preparation", "forward", "backbone", "sem_seg_head.pixel_decoder", "sem_seg_head.predictor",
                "criterion",
                "backward", "optimizer",
            ])
        #expect(report.stages.allSatisfy { $0.seconds > 0 })
        let steps = report.stages.filter { !$0.is_part_of_forward }
        #expect(steps.map(\.name) == ["preparation", "forward", "criterion", "backward", "optimizer"])
        #expect(steps.reduce(0) { $0 + $1.seconds } <= report.seconds && report.seconds <= report.seconds_median)
        for module in report.modules where module.macs > 0 { #expect(module.seconds > 0, "\(module.name)") }
        #expect(output.contains("3 × forward"))
    }

    @Test func anImageIsPadded() throws {
        let project = try TinyProject()
        let (odd, _) = try profile(project.file("tiny.cfg"), ["--size", "33x50", "--runs", "1"])
        let (padded, _) = try profile(project.file("tiny.cfg"), ["--size", "64x64", "--runs", "1"])
        #expect(odd.published == padded.published)
        // Class maps are mixed from masks at the size of the image.
        #expect(padded.macs - odd.macs == 8 * 3 * (64 * 64 - 33 * 50))
    }

    @Test(arguments: [["--size", "64"], ["--size", "0x64"], ["--runs", "0"], ["--batch", "-1"], ["--trian"]])
    func wrongUsage(arguments: [String]) throws {
        let result = try Command.run("pem-profile", ["--config", "x.cfg"] + arguments)
        #expect(result.status == 64)
        #expect(result.errors.hasPrefix("error: ") && result.errors.contains("Usage: pem-profile"))
    }

    @Test func helpTeaches() throws {
        let result = try Command.run("pem-profile", ["--help"])
        #expect(result.status == 0 && result.output.contains("EXAMPLES") && result.output.contains("--config"))
    }
}
