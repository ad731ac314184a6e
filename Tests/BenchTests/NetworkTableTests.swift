import Foundation
import Profiling
import Testing
import pem_bench

/// The rows of the table of networks, their turns, and the networks that are trained for it.
@Suite struct NetworkTableTests {
    private static let configs =
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().path + "/../../Configs"

    @Test func rowsAreCalledAsConfigsHasThem() throws {
        let files = ["pem/cityscapes_sem.cfg", "pem/cityscapes_sem_stdc1.cfg=some/stdc1.pth"]
        let rows = try TableRow.rows(files.map { Self.configs + "/" + $0 })
        #expect(rows.map(\.title) == ["pem/cityscapes_sem", "pem/cityscapes_sem_stdc1"])
        #expect(rows.map(\.weights) == [nil, "some/stdc1.pth"])
        // A file may lie anywhere; then what tells two of one name apart is what was typed.
        let twice = files.map { Self.configs + "/" + $0.replacing("_stdc1.cfg", with: ".cfg") }
        #expect(try TableRow.rows(twice).map(\.title) == twice)
        #expect(throws: BenchFailure.self) { try TableRow.rows([twice[0], twice[0]]) }
    }

    /// A wrong configuration is told, whichever row it is of.
    @Test(arguments: ["MODEL:\n  BACKBONE: {NAME: \"build_resnet\"}\n", "TESTS: 1\n", "MODEL: [\n"])
    func badConfigurationsAreNamed(text: String) throws {
        let file = NSTemporaryDirectory() + "bad-\(UUID().uuidString).cfg"
        try ("_BASE_: \(Self.configs)/pem/cityscapes_sem_stdc1.cfg\n" + text).write(
            toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let error = try #require(throws: (any Error).self) {
            try TableRow.rows([Self.configs + "/pem/cityscapes_sem.cfg", file])
        }
        #expect("\(error)".contains(file))
    }

    /// Windows and the whole image are two rows, which differ in one key and so in their scores.
    @Test func windowsAreARowOfTheirOwn() throws {
        let file = NSTemporaryDirectory() + "windows-\(UUID().uuidString).cfg"
        try """
        _BASE_: \(Self.configs)/pem/cityscapes_sem_stdc1.cfg
        TEST:
          SLIDE: {ENABLED: True, WINDOW: [64, 96], STRIDE: [48, 64]}
          AUG: {ENABLED: True}
          MEAN_IOU: "pidnet"
        """.write(toFile: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: file) }
        let rows = try TableRow.rows([file])
        #expect(rows.map { $0.title.split(separator: ", ").last } == ["windows of 64×96", "whole image"])
        let tests = try rows.map { try $0.setup().configuration.test.inference }
        #expect(tests.map(\.slide.isEnabled) == [true, false])
        #expect(tests.allSatisfy { !$0.augmentation.isEnabled })
        #expect(try rows.allSatisfy { try $0.setup().configuration.test.meanRule == .detectron2 })
        #expect(try rows[0].digest() != rows[1].digest())
        #expect(try rows[0].digest() == TableRow.rows([file])[0].digest())
    }

    /// A file of weights that was written anew has scores of its own.
    @Test func scoresAreThoseOfTheWeightsInTheFile() throws {
        let file = NSTemporaryDirectory() + "weights-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: file) }
        let digests = try ["first", "second"].map { text in
            try text.write(toFile: file, atomically: true, encoding: .utf8)
            return try TableRow.rows([Self.configs + "/pem/cityscapes_sem_stdc1.cfg=" + file])[0].digest()
        }
        #expect(digests[0] != digests[1])
    }

    /// The turns in their order; the one at `stop` is cut off, by a signal or by an error of its own.
    private func turns(_ rounds: Int, stop: Int?, isSignal: Bool = true) throws -> (
        turns: [String], result: (rounds: Int, runs: [TimedRuns])?
    ) {
        var (turns, told, isStopped) = ([String](), [String](), false)
        let result = try TableRounds(rounds, isStopped: { isStopped }, note: { told.append($0) })(["a", "b"]) {
            work in
            if turns.count == stop {
                isStopped = isSignal
                throw BenchFailure(description: "ended")
            }
            turns.append(work + "\(told.count)")
            return TimedRuns(
                times: [Double(turns.count)], gigaflops: 10 - Double(turns.count), peakBytes: turns.count)
        }
        return (turns, result)
    }

    @Test func rowsTakeTurns() throws {
        let (turns, result) = try turns(3, stop: nil)
        #expect(turns == ["a1", "b1", "a2", "b2", "a3", "b3"])
        let runs = try #require(result)
        #expect(runs.rounds == 3)
        // All times, the best of SGEMM and the largest memory.
        #expect(
            runs.runs == [
                TimedRuns(times: [1, 3, 5], gigaflops: 9, peakBytes: 5),
                TimedRuns(times: [2, 4, 6], gigaflops: 8, peakBytes: 6),
            ])
    }

    /// Only whole rounds count; a turn that fails by itself ends everything.
    @Test(arguments: [(0, nil), (1, nil), (2, 1), (3, 1), (4, 2)] as [(Int, Int?)])
    func aSignalLosesTheRoundAlone(stop: Int, rounds: Int?) throws {
        let (_, result) = try turns(3, stop: stop)
        #expect(result?.rounds == rounds)
        #expect(result?.runs.allSatisfy { $0.times.count == rounds } ?? true)
        #expect(throws: BenchFailure.self) { try turns(3, stop: stop, isSignal: false) }
    }

    /// Seed, length and settings make another run, in a folder of its own.
    @Test func trainingsAreToldApart() throws {
        func weights(_ name: String, iterations: Int? = nil) throws -> String {
            let entry = try #require(TableEntry.all.first { $0.name == name })
            let training = try TableTraining(entry, folder: "t", iterations: iterations, configs: Self.configs)
            let weights = try #require(training.row.weights)
            #expect(weights.hasPrefix("t/\(name)-") && weights.hasSuffix("/model_final.safetensors"))
            return weights
        }
        let usual = try weights("pem_r50")
        #expect(try usual == weights("pem_r50", iterations: 200))
        let others = try [weights("pem_r50", iterations: 100), weights("pem_r50_seed2"), weights("pem_r50_two_layers")]
        #expect(Set((others + [usual]).map { $0.suffix(37) }).count == 4)
    }

    @Test func namesAreFolders() {
        let names = TableEntry.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber || $0 == "_" } })
        // The spread of one network.
        #expect(TableEntry.all.count { $0.title.hasPrefix("PEM, R50, another seed") } == 1)
    }

    /// `results.json` of one data set and of two, and what is none.
    @Test(
        arguments: [
            (
                #"{"sem_seg": {"mIoU": 12.5, "IoU-a": 25.0, "IoU-b": 0.0, "IoU-c": null, "PQ_st": 1.0}, "run": {}}"#,
                12.5, nil
            ),
            (
                #"{"other": {"sem_seg": {"mIoU": 1.0}}, "own": {"panoptic_seg": {"PQ": 3.5}, "#
                    + #""sem_seg": {"mIoU": 12.5, "IoU-a": 12.5, "IoU-b": 0}}}"#,
                12.5, 3.5
            ),
        ] as [(String, Double?, Double?)])
    func scoresAreRead(text: String, meanIoU: Double?, quality: Double?) throws {
        let folder = NSTemporaryDirectory() + "scores-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(try TableScores.read(from: folder, dataSet: "own") == nil)
        try text.write(toFile: folder + "/results.json", atomically: true, encoding: .utf8)
        let scores = try TableScores.read(from: folder, dataSet: "own")
        #expect(scores == TableScores(meanIoU: meanIoU, panopticQuality: quality, classes: 2))
        try "{}".write(toFile: folder + "/results.json", atomically: true, encoding: .utf8)
        #expect(throws: BenchFailure.self) { try TableScores.read(from: folder, dataSet: "own") }
    }
}
