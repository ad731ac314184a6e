import Checkpoints
import Engine
import Foundation
import Testing

/// What a run goes on from where files are damaged, and what it leaves alone.
@Suite struct ResumeChoiceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func flip(_ name: String) throws {
        var bytes = try #require(folder.bytes(name))
        bytes[bytes.count - 2] ^= 4
        try bytes.write(to: URL(fileURLWithPath: folder.file(name)))
    }

    private func contents() throws -> [String: Data] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Dictionary(uniqueKeysWithValues: names.map { ($0, folder.bytes($0) ?? Data()) })
    }

    @Test func whereNoneIsWholeNothingIsTouched() throws {
        _ = try TinyRun(folder.path).run(steps: 6, checkpointPeriod: 3)
        for name in ["model_0000002", "state_final"] { try flip(name + ".safetensors") }
        let before = try contents()
        let error = #expect(throws: EngineError.self) { try TinyRun(folder.path, resumes: true) }
        guard case .noWholeCheckpoint(_, let faults) = try #require(error) else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(faults.count == 2 && faults[0].contains("state_final") && faults[1].contains("model_0000002"))
        #expect(try contents() == before && !before.isEmpty)
    }

    @Test func skippedCheckpointsAreNamed() throws {
        let run = try TinyRun(folder.path)
        _ = try run.run(steps: 9, checkpointPeriod: 3)
        #expect(try run.folder.lastCheckpoint()?.notes == [])
        try flip("state_final.safetensors")
        let resumable = try #require(try run.folder.lastCheckpoint())
        try #require(resumable.steps == 6 && resumable.notes.count == 1)
        #expect(resumable.notes[0].hasPrefix("warning: checkpoint skipped: \(folder.path)/state_final.safetensors"))
    }

    @Test func damagedBestWeightsAreReplaced() throws {
        func run(resumes: Bool, steps: Int, score: Double) throws -> TinyRun {
            let run = try TinyRun(folder.path, resumes: resumes)
            _ = try run.run(steps: steps, evaluationPeriod: steps) { _ in .init(metrics: [], score: score) }
            return run
        }
        _ = try run(resumes: false, steps: 4, score: 0.9)
        try flip("model_best.safetensors")
        let resumable = try TinyRun(folder.path, resumes: true).folder.lastCheckpoint()
        #expect(resumable?.notes.first?.contains("model_best.safetensors is damaged") == true)
        #expect(try run(resumes: true, steps: 8, score: 0.5).recorder.evaluations.map(\.isBest) == [true])
        #expect(try SafetensorsFile(path: folder.file("model_best.safetensors")).verify())
        #expect(try run(resumes: true, steps: 10, score: 0.4).recorder.evaluations.map(\.isBest) == [false])
    }

    /// Whatever its task and its set are called, with or without the mark of later programs.
    @Test(arguments: [
        #""segm/AP": 12.5"#, #""evaluation": true, "panoptic_seg/PQ": null"#, #""own_val/sem_seg_TTA/mIoU": 3"#,
        #""evaluation": true"#,
    ])
    func anyEvaluationIsOnRecord(scores: String) throws {
        let lines = #"{"iteration": 3, "total_loss": 1.5, "lr": 0.1}"# + "\n"
        try (lines + "{\"iteration\": 2, \(scores)}\n")
            .write(toFile: folder.file("metrics.jsonl"), atomically: true, encoding: .utf8)
        let log = try MetricsLog(folder: folder.path, keepingSteps: 4)
        #expect(log.hasEvaluation(step: 2) && !log.hasEvaluation(step: 3))
    }
}
