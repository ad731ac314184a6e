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

    @Test func errorsOfTheCriterionCarryTheStep() throws {
        let folder = try TemporaryFolder()
        let run = try TinyRun(folder.path, failing: 7)
        let error = #expect(throws: EngineError.self) { try run.run(steps: 10) }
        // (1 − 7/10)^0.9 of 0.05; the warm-up is over.
        let rate = 0.05 * pow(0.3, 0.9)
        guard case .stepFailed(let step, let learningRate, let reason) = try #require(error) else {
            Issue.record("another error: \(String(describing: error))")
            return
        }
        #expect(step == 7 && abs(learningRate - rate) < 1e-12 && reason == "mask cost: expected finite values")
        #expect("\(try #require(error))" == "iteration 7, learning rate \(learningRate): \(reason)")
        #expect(try run.folder.lastCheckpoint()?.steps == 5)
    }

    @Test func partsOfABatchAreAveraged() throws {
        let folder = try TemporaryFolder()
        func run(_ name: String, parts: [Int]) throws -> (report: StepReport, weights: [[Float]]) {
            let run = try TinyRun(folder.file(name), parts: parts)
            _ = try run.run(steps: 1)
            return (try #require(run.recorder.steps.first), run.store.parameters.map(\.value.array))
        }
        let (first, second) = (try run("a", parts: [0]), try run("b", parts: [1]))
        let both = try run("c", parts: [0, 1]).report
        #expect(both.images == 8 && first.report.images == 4)
        #expect(abs(both.totalLoss - (first.report.totalLoss + second.report.totalLoss) / 2) < 1e-6)
        #expect(both.terms.map(\.value) == [both.totalLoss])
        // The same part twice is that part: the means of loss and gradient, not their sums.
        let twice = try run("d", parts: [0, 0])
        #expect(twice.report.totalLoss == first.report.totalLoss)
        #expect(twice.report.gradientNorm == first.report.gradientNorm && twice.weights == first.weights)
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
