import ConfigFiles
import Foundation
import Recipes
import Testing

/// What the official implementations compute, file by file, by each file's metadata alone.
@Suite(.serialized) struct GoldenTests {
    private static var folder: String {
        ProcessInfo.processInfo.environment["PEM_GOLDENS"] ?? "../shared/goldens"
    }

    static var paths: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.filter { $0.hasSuffix(".safetensors") }.sorted().map { folder + "/" + $0 }
    }

    @Test func filesAreThere() {
        if Self.paths.isEmpty { print("goldens skipped: no *.safetensors in \(Self.folder) (set PEM_GOLDENS)") }
    }

    @Test(arguments: paths) func agreesWithTheOfficialCode(path: String) throws {
        guard let golden = try Self.built(path) else { return }
        var report = GoldenReport(file: golden.name)
        try report.compareEvaluation(golden)
        try report.compareTraining(golden)
        try report.compareBatchStatistics(golden)
        try report.compareTrajectory(golden)
        report.conclude()
    }

    /// The same weights as safetensors and an image as PNG, through the command.
    @Test(arguments: paths) func predictsWhatTheOfficialCodePredicts(path: String) throws {
        guard let golden = try Self.built(path) else { return }
        var report = GoldenReport(file: golden.name + " (pem-predict)")
        try report.comparePrediction(golden)
        report.conclude()
    }

    /// The golden, or nil and a word where its family isn't built.
    static func built(_ path: String) throws -> GoldenFile? {
        do {
            return try GoldenFile(path: path)
        } catch let error as ConfigError where error.kind == .unavailable {
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            print("golden \(name): skipped, \(error.problem)")
            return nil
        }
    }
}
