import Optimizers

/// What a training run tells those who watch it.
package enum TrainingEvent: Sendable {
    case step(StepReport)
    /// An evaluation is under way: images done, images in all.
    case evaluating(done: Int, total: Int)
    /// An evaluation ended after `step`; `isBest` where its score is the highest of the run.
    case evaluated(step: Int, EvaluationSummary, isBest: Bool)
    /// A checkpoint was written.
    case saved(path: String)
    /// Something that the user should know.
    case note(String)
}

/// What one step did.
package struct StepReport: Sendable, Equatable {
    /// Counted from 0.
    package var step: Int
    /// The rate of the parameters without a factor of their own.
    package var learningRate: Double
    /// The rates of groups that have another.
    package var groupRates: [Optimizer.GroupRate]
    /// The sum of all terms.
    package var totalLoss: Float
    /// Every weighted loss, averaged over the parts of the batch.
    package var terms: [LossTerm]
    /// Norm of the whole gradient before clipping.
    package var gradientNorm: Double
    /// Images in the batch, all parts together.
    package var images: Int
    /// Seconds that it took, waiting for data included.
    package var seconds: Double
    /// Seconds spent waiting for data.
    package var dataSeconds: Double

    /// A report of all of these.
    package init(
        step: Int, learningRate: Double, groupRates: [Optimizer.GroupRate] = [], totalLoss: Float, terms: [LossTerm],
        gradientNorm: Double, images: Int, seconds: Double, dataSeconds: Double
    ) {
        self.step = step
        self.learningRate = learningRate
        self.groupRates = groupRates
        self.totalLoss = totalLoss
        self.terms = terms
        self.gradientNorm = gradientNorm
        self.images = images
        self.seconds = seconds
        self.dataSeconds = dataSeconds
    }
}

/// One weighted loss by its name, such as `loss_mask_3`.
package struct LossTerm: Sendable, Equatable {
    /// The official name.
    package let name: String
    /// The value, weight included.
    package var value: Float

    package init(_ name: String, _ value: Float) {
        self.name = name
        self.value = value
    }

    /// The kind of loss: the name without `loss_` and without the number of the auxiliary output.
    package var kind: String {
        let parts = name.split(separator: "_")
        let numbered = parts.count > 1 && parts.last.map { $0.allSatisfy(\.isNumber) } == true
        let kept = numbered ? parts.dropLast() : parts[...]
        return (kept.first == "loss" && kept.count > 1 ? kept.dropFirst() : kept).joined(separator: "_")
    }
}

/// Watches a training run. An error that it throws ends the run.
package protocol TrainingObserver: AnyObject {
    /// Takes notice of an event.
    func receive(_ event: TrainingEvent) throws

    /// Takes notice of the end; writes what a full disk did not take so far.
    func finish() throws
}

extension TrainingObserver {
    /// Nothing is left to do.
    package func finish() {}
}
