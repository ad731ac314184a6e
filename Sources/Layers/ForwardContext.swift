import Autodiff
import Tensors

/// How a forward pass is meant. Passed along, never global.
package struct ForwardContext {
    /// Whether the pass records a graph. Without one, blocks run fused and keep nothing.
    package let recordsGradients: Bool
    /// Whether BatchNorm normalises by the batch and updates its running statistics.
    package let usesBatchStatistics: Bool
    /// Whether what all images share gets its gradient image by image, to be summed in a fixed tree over the images of
    /// the whole batch of a step (`ParameterStore.gatherImages`).
    package var keepsImagesApart = false
    /// The random numbers of a training step, for layers that draw; nil elsewhere.
    package var random: ImageStreams?
    /// Whether the pass has been made before, with the same numbers: statistics and work have been counted.
    package private(set) var isRepeated = false
    /// Gathers what modules do, in profiles; nil elsewhere.
    package var trace: ForwardTrace?

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

    /// The input of a network: images [B, H, W, C].
    package func batch(_ images: Tensor) -> Variable {
        Variable(images, images: keepsImagesApart ? images.shape[0] : nil)
    }

    /// The same pass, seen by `trace`.
    package func traced(by trace: ForwardTrace) -> ForwardContext {
        var context = self
        context.trace = trace
        return context
    }

    /// What `body` makes of `inputs`, computed again in the backward pass instead of kept for it. Gradients have the
    /// same bits as without; `body` draws from `random` alone.
    package func recomputed(
        _ inputs: [Variable], _ body: @escaping ([Variable], ForwardContext) -> Variable
    ) -> Variable {
        guard recordsGradients else { return body(inputs, self) }
        var again = self
        again.isRepeated = true
        again.trace = nil
        return Autodiff.recomputed(inputs) { body($0, $1 ? again : self) }
    }

    /// Does the work of the module of this name (relative to the module around it), which a trace lists.
    package func measured<Result>(_ name: @autoclosure () -> String, _ work: () throws -> Result) rethrows -> Result {
        guard let trace else { return try work() }
        return try trace.measure(name(), work)
    }

    /// Tells a trace of work: that of the official operation which the caller stands for, for the whole batch.
    package func count(_ work: @autoclosure () -> ForwardWork) {
        if let trace { trace.add(work()) }
    }
}
