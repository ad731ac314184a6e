import Engine
import Files
import Foundation
import Synchronization
import Tensors
import Testing

/// A disk that is full for some steps of a run.
@Suite struct FullDiskTests {
    /// Runs ten steps with a checkpoint every two; the disk is full after the steps `full`.
    private func run(
        _ run: TinyRun, full: ClosedRange<Int>, evaluationPeriod: Int = 0, stopsAfter: Int? = nil
    ) throws -> TrainingRun<Tensor>.Outcome {
        let disk = Disk()
        run.recorder.onStep = { disk.isFull.store(full.contains($0.step), ordering: .relaxed) }
        return try FileSystem.watched(by: disk.failure) {
            try run.run(
                steps: 10, checkpointPeriod: 2, evaluationPeriod: evaluationPeriod,
                evaluation: evaluationPeriod == 0
                    ? nil
                    : { _ in
                        let score = Double(run.recorder.steps.count)
                        return EvaluationSummary(metrics: [.init("sem_seg/mIoU", score)], score: score)
                    },
                interruption: { stopsAfter.map { run.recorder.steps.count > $0 } == true ? SIGTERM : nil })
        }
    }

    private final class Disk: Sendable {
        let isFull = Atomic<Bool>(false)

        @Sendable func failure(_ change: FileSystem.Change) -> Int32? {
            if case .append = change, isFull.load(ordering: .relaxed) { return ENOSPC }
            return nil
        }
    }

    private func names(_ folder: TemporaryFolder) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    /// Told, and tried again at the next period; the old checkpoints stay until then, and no line of the log is lost.
    @Test func withinTheRunItIsTold() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path, keeps: 1)
        var whileFull: [String] = []
        run.recorder.onNote = { _ in whileFull = try names(folder) }
        #expect(try self.run(run, full: 2...6, evaluationPeriod: 2) == .finished)
        // Steps 3 and 5, each with its checkpoint and its best weights.
        #expect(run.recorder.notes.count == 4, "\(run.recorder.notes)")
        for note in run.recorder.notes {
            #expect(note.hasPrefix("warning: cannot write \(folder.path)/") && note.contains("No space left"))
            #expect(note.contains("tries again"))
        }
        #expect(whileFull.contains("model_0000001.safetensors") && whileFull.contains("state_0000001.safetensors"))
        #expect(!whileFull.contains { $0.hasSuffix(".partial") || $0.contains("0000005") })
        #expect(try run.folder.lastCheckpoint()?.steps == 10)
        #expect(try names(folder).contains("model_0000007.safetensors"))
        let lines = String(decoding: try #require(folder.bytes("metrics.jsonl")), as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 15)
    }

    @Test func atTheEndItIsAnError() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        let error = #expect(throws: FileError.self) { try self.run(run, full: 9...9) }
        #expect(error?.isDiskFull == true)
        #expect(try run.folder.lastCheckpoint()?.steps == 8)
    }

    /// The best weights of the last evaluation belong to the end: no later one tries again.
    @Test func afterTheLastStepItIsAnError() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        let disk = Disk()
        run.recorder.onSaved = { disk.isFull.store(run.trainer.optimizer.stepCount == 10, ordering: .relaxed) }
        let error = #expect(throws: FileError.self) {
            try FileSystem.watched(by: disk.failure) {
                try run.run(steps: 10, evaluationPeriod: 10) { _ in EvaluationSummary(metrics: [], score: 1) }
            }
        }
        #expect(error?.isDiskFull == true && run.recorder.notes.isEmpty)
        #expect(try run.folder.lastCheckpoint()?.steps == 10)
    }

    @Test func onASignalItIsAnError() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        let error = #expect(throws: FileError.self) { try self.run(run, full: 4...9, stopsAfter: 4) }
        #expect(error?.isDiskFull == true && run.recorder.steps.count == 5)
        #expect(try run.folder.lastCheckpoint()?.steps == 4)
    }

    /// Anything else that keeps a checkpoint from being written ends the run.
    @Test func otherFailuresAreErrors() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        let failure: @Sendable (FileSystem.Change) -> Int32? = { if case .sync = $0 { EIO } else { nil } }
        #expect(throws: FileError.self) {
            try FileSystem.watched(by: failure) { try run.run(steps: 10, checkpointPeriod: 2) }
        }
        #expect(run.recorder.steps.count == 2)
    }

    @Test func theFreeSpaceIsComparedAtTheStart() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path, keeps: 2)
        // 18 numbers: 72 bytes of weights, 216 with two moments each; three such checkpoints and the best weights.
        let needed = 3 * 216 + 72
        #expect(run.folder.spaceWarning(run.store, moments: 2, free: needed) == nil)
        let warning = try #require(run.folder.spaceWarning(run.store, moments: 2, free: needed - 1))
        #expect(warning.hasPrefix("warning: \(folder.path) has room for "), "\(warning)")
        #expect(warning.contains("SOLVER.CHECKPOINT_KEEP is 2"), "\(warning)")
        // What is there already takes no more.
        _ = try run.run(steps: 4, checkpointPeriod: 2)
        #expect(run.folder.spaceWarning(run.store, moments: 2, free: 0) == nil)
    }
}
