import CKernels
import Tensors

/// A square pooling window.
package struct PoolGeometry: Sendable, Equatable {
    /// Rows and columns of the window.
    package var kernel: Int
    /// Step of the window, in input pixels.
    package var stride: Int
    /// Pixels around the input on each side.
    package var padding: Int

    /// A window whose sizes torch would accept: the padding is at most half of the kernel.
    package init(kernel: Int, stride: Int, padding: Int) {
        precondition(
            kernel > 0 && stride > 0 && padding >= 0 && 2 * padding <= kernel,
            "pool: kernel \(kernel), stride \(stride), padding \(padding)")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// The shape of the output for an input [B, H, W, C]: [B, H′, W′, C].
    package func outputShape(input: [Int]) -> [Int] {
        precondition(
            input.count == 4 && input[1] + 2 * padding >= kernel && input[2] + 2 * padding >= kernel,
            "pool: input \(input), \(self)")
        let height = (input[1] + 2 * padding - kernel) / stride + 1
        let width = (input[2] + 2 * padding - kernel) / stride + 1
        return [input[0], height, width, input[3]]
    }

    /// The largest value of each window, pixels outside left out, or the mean, padding counted as zeros:
    /// [B, H, W, C] -> [B, H′, W′, C], written `into` channels of a wider tensor where one is given.
    ///
    /// `taps` is a buffer of one byte for each output value, which gets the place of the (first) largest in its window.
    package func pooled(_ x: Tensor, isMaximum: Bool, taps: Tensor? = nil, into: ChannelSlice? = nil) -> Tensor {
        let shape = outputShape(input: x.shape)
        let destination = Destination(shape: shape, into: into)
        let view = kernelView(input: x.shape, output: shape, isMaximum: isMaximum)
        precondition(taps == nil || kernel <= 15, "pool: a place in a window of \(kernel)² pixels is no byte")
        forEachLine(shape) { first, last in
            var view = view
            pk_pool_forward(&view, x.data, first, last, destination.start, destination.stride, taps.map { bytes($0) })
        }
        withExtendedLifetime(taps) {}
        return destination.tensor
    }

    /// dX of `pooled`, of x's shape: of maxima with their `taps`, else of means.
    package func gradient(_ dY: Tensor, taps: Tensor? = nil, inputShape: [Int]) -> Tensor {
        let dX = Tensor(uninitialized: inputShape)
        let view = kernelView(input: inputShape, output: dY.shape, isMaximum: taps != nil)
        forEachLine(inputShape) { first, last in
            var view = view
            pk_pool_backward(&view, dY.data, taps.map { bytes($0) }, first, last, dX.data)
        }
        withExtendedLifetime(taps) {}
        return dX
    }

    private func bytes(_ taps: Tensor) -> UnsafeMutablePointer<UInt8> {
        UnsafeMutableRawPointer(taps.data).assumingMemoryBound(to: UInt8.self)
    }

    private func forEachLine(_ shape: [Int], _ body: (_ first: Int, _ last: Int) -> Void) {
        let grain = max(1, (1 << 15) / max(1, shape[2] * shape[3]))
        parallelRows(shape[0] * shape[1], grain: grain) { body($0.lowerBound, $0.upperBound) }
    }

    private func kernelView(input: [Int], output: [Int], isMaximum: Bool) -> pool_shape {
        pool_shape(
            images: input[0], input_height: input[1], input_width: input[2], height: output[1], width: output[2],
            channels: input[3], kernel: kernel, stride: stride, padding: padding, is_maximum: isMaximum ? 1 : 0)
    }
}
