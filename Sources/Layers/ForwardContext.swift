/// How a forward pass is meant. Passed along, never global.
package struct ForwardContext {
    /// Whether the pass records a graph. Without one, blocks run fused and keep nothing.
    package let recordsGradients: Bool
    /// Whether BatchNorm normalises by the batch and updates its running statistics.
    package let usesBatchStatistics: Bool
    /// Takes the time of modules in a profile; nil elsewhere.
    package var timer: ModuleTimer?

    /// Training: a graph, and batch statistics.
    package static var training: ForwardContext { ForwardContext(recordsGradients: true, usesBatchStatistics: true) }
    /// Training with every norm in evaluation mode.
    package static var trainingWithFrozenStatistics: ForwardContext {
        ForwardContext(recordsGradients: true, usesBatchStatistics: false)
    }
    /// Evaluation: no graph at all, running statistics.
    package static var evaluation: ForwardContext {
        ForwardContext(recordsGradients: false, usesBatchStatistics: false)
    }

    /// The same pass with its modules timed.
    package func timed(by timer: ModuleTimer) -> ForwardContext {
        var context = self
        context.timer = timer
        return context
    }

    /// Does the work of the module of this name (relative to the module around it), timed in a profile.
    package func measured<Result>(_ name: @autoclosure () -> String, _ work: () throws -> Result) rethrows -> Result {
        guard let timer else { return try work() }
        return try timer.measure(name(), work)
    }
}
