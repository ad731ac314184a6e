import Checkpoints
import Engine
import Foundation
import Testing

@Suite struct TrainingRunTests {
    @Test func aLossThatIsNotFiniteStopsAndSavesNothing() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path, poison: 6)
        let error = #expect(throws: EngineError.self) { try run.run(steps: 10) }
        guard case .nonFiniteLoss(let step, let rate, let terms) = try #require(error) else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(step == 6 && rate > 0 && terms.map(\.name) == ["loss_mask_0"])
        #expect(
            "\(EngineError.nonFiniteLoss(step: step, learningRate: rate, terms: terms))".contains(
                "loss_mask_0"))
        let last = try #require(try run.folder.lastCheckpoint())
        #expect(last.steps == 5)
        #expect(folder.bytes("model_final.safetensors") == nil)
    }

    @Test func dataThatCannotBeReadCostsNothing() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path, missing: 8)
        let expected = CheckpointError.unreadable(path: "image.png", reason: "truncated")
        #expect(throws: expected) { try run.run(steps: 10) }
        #expect(try run.folder.lastCheckpoint()?.steps == 8)
    }

    @Test func errorsOfTheCriterionCarryTheStep() {
        let error = EngineError.stepFailed(
            step: 12, learningRate: 0.5, reason: "mask cost: expected finite values")
        #expect("\(error)" == "iteration 12, learning rate 0.5: mask cost: expected finite values")
    }

    @Test func partsOfABatchAreAveraged() throws {
        let folders = [try TemporaryFolder(), try TemporaryFolder()]
        let two = try TinyRun(folders[0].path, parts: 2)
        _ = try two.run(steps: 1)
        let one = try TinyRun(folders[1].path, parts: 1)
        _ = try one.run(steps: 1)
        let (a, b) = (try #require(two.recorder.steps.first), try #require(one.recorder.steps.first))
        #expect(a.images == 8 && b.images == 4)
        // The loss of both parts is the mean of two losses of the same size, not their sum.
        #expect(a.totalLoss < 1.5 * b.totalLoss && a.totalLoss > 0.5 * b.totalLoss)
        #expect(a.gradientNorm < 1.5 * b.gradientNorm)
        #expect(a.terms.map(\.value) == [a.totalLoss])
    }

    @Test func theBestWeightsAreKept() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        var scores = [0.3, 0.5, 0.4, 0.2, 0.1][...]
        _ = try run.run(steps: 10, evaluationPeriod: 2) { progress in
            try progress(1, 1)
            let score = scores.removeFirst()
            return EvaluationSummary(metrics: [.init("sem_seg/mIoU", score)], score: score)
        }
        #expect(run.recorder.evaluations.map(\.step) == [1, 3, 5, 7, 9])
        #expect(run.recorder.evaluations.map(\.isBest) == [true, true, false, false, false])
        let best = try SafetensorsFile(path: folder.file("model_best.safetensors"))
        #expect(best.metadata["step"] == "3")
        #expect(run.log.hasEvaluation(step: 9) && !run.log.hasEvaluation(step: 8))
    }

    @Test func anEvaluationAtTheEndOnly() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        var count = 0
        _ = try run.run(steps: 4) { _ in
            count += 1
            return EvaluationSummary(metrics: [], score: 1)
        }
        #expect(count == 1)
    }

    @Test func aFailedEvaluationCostsNothing() throws {
        struct Failure: Error {}
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path)
        #expect(throws: Failure.self) { try run.run(steps: 10, evaluationPeriod: 7) { _ in throw Failure() } }
        #expect(try run.folder.lastCheckpoint()?.steps == 7)
    }
}
