import Autodiff
import Checkpoints
import Criteria
import Engine
import Foundation
import Layers
import Optimizers
import Tensors

/// A folder of its own, removed with the value's last use.
final class TemporaryFolder {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "engine-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { path + "/" + name }
    func bytes(_ name: String) -> Data? { FileManager.default.contents(atPath: file(name)) }
}

/// Collects events.
final class Recorder: TrainingObserver {
    private(set) var steps: [StepReport] = []
    private(set) var evaluations: [(step: Int, isBest: Bool)] = []
    private(set) var notes: [String] = []
    var onStep: (StepReport) throws -> Void = { _ in }
    var onNote: (String) throws -> Void = { _ in }
    var onSaved: () -> Void = {}

    func receive(_ event: TrainingEvent) throws {
        switch event {
        case .step(let report):
            steps.append(report)
            try onStep(report)
        case .evaluated(let step, _, let isBest): evaluations.append((step, isBest))
        case .saved: onSaved()
        case .note(let text):
            notes.append(text)
            try onNote(text)
        case .evaluating: break
        }
    }

    /// What must be the same in a resumed run.
    var losses: [Float] { steps.map(\.totalLoss) }
}

/// A linear model that learns y = 0 from numbers that depend on the step alone.
final class TinyRun {
    let store: ParameterStore
    let trainer: Trainer<Tensor>
    let folder: RunFolder
    let log: MetricsLog
    let recorder = Recorder()
    let resumedAt: Int

    private struct Failure: Error, CustomStringConvertible { let description = "mask cost: expected finite values" }

    /// `parts` are the numbers that make a step's parts. `poison` is a step whose batch makes the loss infinite,
    /// `missing` one whose batch cannot be read, `failing` one where the criterion throws.
    init(
        _ path: String, resumes: Bool = false, parts: [Int] = [0, 1], poison: Int? = nil, missing: Int? = nil,
        failing: Int? = nil, keeps: Int = 3
    ) throws {
        store = ParameterStore(seed: 7)
        let layer = Linear(store.root.child("layer"), inputs: 5, outputs: 3)
        let rates = ParameterSettings(learningRate: 0.05, weightDecay: 0.1)
        let schedule = LearningRateSchedule(
            decay: .poly(power: 0.9, constantEnding: 0),
            warmup: .init(method: .linear, factor: 0.1, steps: 3),
            maximumSteps: 10)
        let optimizer = Optimizer(
            store.parameters,
            .init(rule: .adamW(), settings: rates, clipping: .fullModel(maximumNorm: 0.5), schedule: schedule)
        )
        trainer = Trainer(
            store: store, optimizer: optimizer,
            batches: { step in
                if step == missing {
                    throw CheckpointError.unreadable(path: "image.png", reason: "truncated")
                }
                return parts.map { part in
                    var random = RandomStream(seed: 3, step, part)
                    let values = (0..<20).map { _ in
                        Float(random.nextNormal()) * (step == poison ? .infinity : 1)
                    }
                    return Tensor(values, shape: [4, 5])
                }
            },
            imageCount: { $0.shape[0] },
            losses: { batch, step, _ in
                if step == failing { throw Failure() }
                let y = layer(Variable(batch), .training)
                let total = sigmoidCrossEntropy(y, targets: Tensor(zeros: y.shape), maskCount: 4)
                return Losses([.init(name: "loss_mask_0", loss: total)])
            })
        folder = try RunFolder(creating: path, checkpointsKept: keeps)
        let last = resumes ? try folder.lastCheckpoint() : nil
        if let last { try folder.restore(last, into: store, optimizer) }
        resumedAt = last?.steps ?? 0
        folder.begin(seed: 7, configuration: "tiny: true\n")
        log = try MetricsLog(folder: path, keepingSteps: resumedAt)
    }

    func run(
        steps: Int, checkpointPeriod: Int = 5, evaluationPeriod: Int = 0,
        evaluation: TrainingRun<Tensor>.Evaluation? = nil, interruption: @escaping () -> Int32? = { nil }
    ) throws -> TrainingRun<Tensor>.Outcome {
        try TrainingRun(
            .init(
                maximumSteps: steps, checkpointPeriod: checkpointPeriod, evaluationPeriod: evaluationPeriod),
            trainer: trainer, folder: folder, observers: [log, recorder], evaluation: evaluation,
            interruption: interruption
        ).run()
    }
}
