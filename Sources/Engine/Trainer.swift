import Autodiff
import Criteria
import Layers
import Optimizers

/// One step of training: batch, forward, losses, backward, clip, update. Everything around it is
/// `TrainingRun`'s.
package final class Trainer<Part> {
    /// The parts of a step's batch. A function of the step, so that resuming needs no state of its own.
    package typealias Batches = (_ step: Int) throws -> [Part]
    /// The losses of part number `part` of a step.
    package typealias PartLosses = (_ batch: Part, _ step: Int, _ part: Int) throws -> Losses

    private let batches: Batches
    private let imageCount: (Part) -> Int
    private let losses: PartLosses
    private let keepsImagesApart: Bool
    /// The parameters, buffers included.
    package let store: ParameterStore
    /// The update rule with its moments; it counts the steps.
    package let optimizer: Optimizer

    /// A trainer of the parameters in `store`; gradients and losses of a batch's parts are averaged. `keepsImagesApart`
    /// says whether gradients come image by image (`ForwardContext.keepsImagesApart`).
    package init(
        store: ParameterStore, optimizer: Optimizer, batches: @escaping Batches,
        imageCount: @escaping (Part) -> Int, keepsImagesApart: Bool = false, losses: @escaping PartLosses
    ) {
        self.store = store
        self.optimizer = optimizer
        self.batches = batches
        self.imageCount = imageCount
        self.keepsImagesApart = keepsImagesApart
        self.losses = losses
    }

    /// The next step's batch. Throws what the data set throws; nothing has changed then.
    package func nextBatch() throws -> [Part] { try batches(optimizer.stepCount) }

    /// Does the next step. Throws `EngineError` or `OptimizerError`; parameters and moments are then as
    /// before, but the running statistics of norms may not be, so that nothing may be saved.
    package func step(_ batch: [Part]) throws -> StepReport {
        let step = optimizer.stepCount
        let learningRate = optimizer.learningRate
        var mean = LossMean(parts: batch.count)
        for (index, part) in batch.enumerated() {
            let loss = try named(step, learningRate) { try losses(part, step, index) }
            mean.add(loss)
            guard mean.isFinite else {
                throw EngineError.nonFiniteLoss(
                    step: step, learningRate: learningRate, terms: loss.values.map { LossTerm($0.name, $0.value) })
            }
            backward(loss.total)
            if keepsImagesApart { store.gatherImages() }
        }
        if keepsImagesApart { store.sumImages() }
        let update = try optimizer.step(gradientScale: 1 / Double(batch.count))
        return StepReport(
            step: step, learningRate: update.learningRate, groupRates: update.groupRates, totalLoss: mean.total,
            terms: mean.terms, gradientNorm: update.gradientNorm, images: batch.map(imageCount).reduce(0, +),
            seconds: 0, dataSeconds: 0)
    }

    /// Adds the step and its learning rate to an error from within.
    private func named<Result>(_ step: Int, _ learningRate: Double, _ body: () throws -> Result) throws
        -> Result
    {
        do { return try body() } catch {
            throw EngineError.stepFailed(step: step, learningRate: learningRate, reason: "\(error)")
        }
    }
}
