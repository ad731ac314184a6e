import Engine

/// What one step of a training did.
public struct TrainingStep: Sendable, Equatable {
    /// A weighted loss, such as `loss_mask`.
    public struct Loss: Sendable, Equatable {
        /// Its official name.
        public let name: String
        /// Its value, with its weight.
        public let value: Float
    }

    /// Counted from 0.
    public let number: Int
    /// The sum of all losses.
    public let loss: Float
    /// Every loss by its name.
    public let losses: [Loss]
    /// The learning rate of parameters without a factor of their own.
    public let learningRate: Double
    /// The norm of the whole gradient before clipping.
    public let gradientNorm: Double

    init(_ report: StepReport) {
        (number, loss, learningRate) = (report.step, report.totalLoss, report.learningRate)
        (losses, gradientNorm) = (report.terms.map { Loss(name: $0.name, value: $0.value) }, report.gradientNorm)
    }
}
