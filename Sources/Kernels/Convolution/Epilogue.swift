import CKernels
import Tensors

/// What happens to the sums of a convolution before they leave the cache:
/// y = relu(sum · scale + shift + residual).
package struct Epilogue: Sendable {
    /// [O], or nil for ones.
    package var scale: Tensor?
    /// [O], or nil for zeros.
    package var shift: Tensor?
    /// The output's shape, or nil for zeros.
    package var residual: Tensor?
    /// Whether negative results become zero.
    package var relu: Bool

    /// The identity, unless parts are given.
    package init(scale: Tensor? = nil, shift: Tensor? = nil, residual: Tensor? = nil, relu: Bool = false) {
        self.scale = scale
        self.shift = shift
        self.residual = residual
        self.relu = relu
    }

    /// The kernel's view. The tensors must be kept alive while it is used.
    package func kernelView(to destination: Destination? = nil) -> convolution_epilogue {
        convolution_epilogue(
            scale: scale.map { UnsafePointer($0.data) }, shift: shift.map { UnsafePointer($0.data) },
            residual: residual.map { UnsafePointer($0.data) }, residual_stride: residual?.channels ?? 0,
            relu: relu ? 1 : 0, streams: destination?.streams == true ? 1 : 0)
    }

    /// Stops the program where a part does not fit the output of `operation`.
    package func check(_ operation: String, outputShape: [Int]) {
        let channels = outputShape.last ?? 0
        precondition(
            (scale?.count ?? channels) == channels && (shift?.count ?? channels) == channels
                && (residual?.shape ?? outputShape) == outputShape,
            "\(operation): output \(outputShape), scale \(scale?.shape ?? []), shift \(shift?.shape ?? []), "
                + "residual \(residual?.shape ?? [])")
    }
}

/// A map and the first of its channels that become an operation's result.
package typealias ChannelSlice = (output: Tensor, channelOffset: Int)

/// A place for an operation's result: all channels of a new tensor, or a slice of the channels of a wider
/// one.
package struct Destination {
    /// All of the new or wider tensor.
    package let tensor: Tensor
    /// The first channel of the first pixel.
    package let start: UnsafeMutablePointer<Float>
    /// Floats from pixel to pixel.
    package let stride: Int

    /// Whether stores go past the caches.
    var streams: Bool { Self.streams(to: tensor, from: start, stride: stride) }

    /// Whether stores go past the caches: the map is too large to be found there again, and reading its lines
    /// before they are written would cost more than the work. Pixels must fill whole lines.
    static func streams(to tensor: Tensor, from start: UnsafeMutablePointer<Float>, stride: Int) -> Bool {
        tensor.count >= 4 << 20 && stride % 16 == 0 && Int(bitPattern: start) % 64 == 0
    }

    /// A new tensor of the shape, or its channels from `channelOffset` on of `into`'s tensor.
    package init(shape: [Int], into: ChannelSlice?) {
        guard let into else {
            tensor = Tensor(uninitialized: shape)
            start = tensor.data
            stride = tensor.channels
            return
        }
        let channels = shape.last ?? 0
        precondition(
            into.output.shape.dropLast() == shape.dropLast() && into.channelOffset >= 0
                && into.channelOffset + channels <= into.output.channels,
            "result \(shape) does not fit channel \(into.channelOffset) of \(into.output.shape)")
        tensor = into.output
        start = into.output.data + into.channelOffset
        stride = into.output.channels
    }
}
