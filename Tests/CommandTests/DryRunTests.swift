import Foundation
import TestSupport
import Testing

/// `pem-train --dry-run`.
@Suite struct DryRunTests {
    private let project: TinyProject

    init() throws { project = try TinyProject() }

    private func names() throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: project.path).sorted()
    }

    @Test func nothingIsLeftBehind() throws {
        let before = try names()
        let result = try project.train("run", ["--dry-run", "SOLVER.MAX_ITER", "5000"])
        #expect(result.status == 0, "\(result.errors)")
        #expect(try names() == before)
        // TEST.EVAL_PERIOD is 4.
        for text in [
            "dry run of 3 iterations; nothing was written", "images/s", "5000 in ", "2 images in ", "1250 times",
            "to the end", "hours)", "GB at the peak", "MB for checkpoints of ",
        ] {
            #expect(result.output.contains(text), "\(text): \(result.output)")
        }
    }

    /// The disk is what the files take, and a folder of a run is left as it is.
    @Test func theDiskIsWhatCheckpointsTake() throws {
        #expect(try project.train("run", ["SOLVER.MAX_ITER", "1", "DATASETS.TEST", "()"]).status == 0)
        let before = try names()
        let result = try project.train("run", ["--dry-run", "SOLVER.MAX_ITER", "1", "DATASETS.TEST", "()"])
        #expect(result.status == 0 && result.output.contains("evaluation  none"), "\(result.output)")
        #expect(try names() == before)
        let size = ["model", "state"].reduce(0) { $0 + (project.bytes("run/\($1)_final.safetensors")?.count ?? 0) }
        let words = result.output.split(separator: " ")
        let place = try #require(words.indices.first { words[$0] == "checkpoints" })
        let told = try #require(Double(words[place + 2]))
        // Files have headers.
        #expect(told <= Double(size) / 1e6 + 0.05 && told > Double(size) / 1e6 - 0.2, "\(told) MB, not \(size)")
    }

    @Test func itIsOfAWholeRun() throws {
        let result = try project.train("run", ["--dry-run", "--resume"])
        #expect(result.status == 64 && result.errors.contains("--dry-run excludes --resume"))
    }
}
