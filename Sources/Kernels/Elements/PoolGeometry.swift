import CKernels

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
            kernel > 0 && kernel <= 15 && stride > 0 && padding >= 0 && 2 * padding <= kernel,
            "pool: kernel \(kernel), stride \(stride), padding \(padding)")
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
    }

    /// The shape of a pool's output; `operation` names the pool where the window does not fit.
    package func outputShape(_ operation: String, input: [Int]) -> [Int] {
        precondition(
            input.count == 4 && input[1] + 2 * padding >= kernel && input[2] + 2 * padding >= kernel,
            "\(operation): input \(input), \(self)")
        let height = (input[1] + 2 * padding - kernel) / stride + 1
        let width = (input[2] + 2 * padding - kernel) / stride + 1
        return [input[0], height, width, input[3]]
    }

    /// The kernel's view of a pool from one shape to another.
    package func kernelView(input: [Int], output: [Int]) -> pool_shape {
        pool_shape(
            images: input[0], input_height: input[1], input_width: input[2], height: output[1],
            width: output[2],
            channels: input[3], kernel: kernel, stride: stride, padding: padding)
    }

    /// Lines of an image that are worth handing to a thread.
    package static func lineGrain(_ shape: [Int]) -> Int { max(1, (1 << 15) / max(1, shape[2] * shape[3])) }
}
