/// How a forward pass is meant. Passed along, never global.
package struct ForwardContext: Sendable, Equatable {
    /// Whether the pass records a graph. Without one, blocks run fused and keep nothing.
    package let recordsGradients: Bool
    /// Whether BatchNorm normalises by the batch and updates its running statistics.
    package let usesBatchStatistics: Bool

    /// Training: a graph, and batch statistics.
    package static let training = ForwardContext(recordsGradients: true, usesBatchStatistics: true)
    /// Training with every norm in evaluation mode.
    package static let trainingWithFrozenStatistics =
        ForwardContext(recordsGradients: true, usesBatchStatistics: false)
    /// Evaluation: no graph at all, running statistics.
    package static let evaluation = ForwardContext(recordsGradients: false, usesBatchStatistics: false)
}
