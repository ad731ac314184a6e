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
    /// Rows [H, O] and columns [W, O] that are added to the pixels of each row and each column, in place of a residual;
    /// for convolutions alone, as what follows.
    package var position: (rows: Tensor, columns: Tensor)?
    /// [B, 1, 1, O]: the residual is added after ReLU, times 1 + gate; nil: before it, as it is.
    package var gate: Tensor?
    /// [B, 1, 1, O] that becomes the mean of the result over the pixels of each image.
    package var means: Tensor?

    /// The identity, unless parts are given.
    package init(scale: Tensor? = nil, shift: Tensor? = nil, residual: Tensor? = nil, relu: Bool = false) {
        self.scale = scale
        self.shift = shift
        self.residual = residual
        self.relu = relu
    }

    /// The kernel's view. The tensors must be kept alive while it is used.
    package func kernelView(to destination: Destination? = nil) -> convolution_epilogue {
        func pointer(_ x: Tensor?) -> UnsafePointer<Float>? { x.map { UnsafePointer($0.data) } }
        return convolution_epilogue(
            scale: pointer(scale), shift: pointer(shift), residual: pointer(position?.rows ?? residual),
            residual_stride: residual?.channels ?? 0, relu: relu ? 1 : 0, streams: destination?.streams == true ? 1 : 0,
            columns: pointer(position?.columns), gate: pointer(gate), sums: nil)
    }

    /// Whether the images of a batch must be told apart.
    var keepsImagesApart: Bool { gate != nil || means != nil }

    /// Whether Winograd's algorithm can do all of it.
    var suitsWinograd: Bool { position == nil && means == nil }

    /// Whether there is nothing that convolutions alone can do.
    private var isPlain: Bool { position == nil && !keepsImagesApart }

    /// Stops the program where a part does not fit the output of `operation`, which takes plain ones only or all.
    package func check(_ operation: String, outputShape: [Int], takesAll: Bool = false) {
        let channels = outputShape.last ?? 0
        precondition(
            (scale?.count ?? channels) == channels && (shift?.count ?? channels) == channels
                && (residual?.shape ?? outputShape) == outputShape,
            "\(operation): output \(outputShape), scale \(scale?.shape ?? []), shift \(shift?.shape ?? []), "
                + "residual \(residual?.shape ?? [])")
        if isPlain { return }
        let small = [outputShape[0], 1, 1, channels]
        precondition(
            takesAll && (gate?.shape ?? small) == small && (means?.shape ?? small) == small
                && (gate == nil || residual != nil)
                && position.map { position in
                    residual == nil && position.rows.shape == [outputShape[1], channels]
                        && position.columns.shape == [outputShape[2], channels]
                } ?? true,
            "\(operation): output \(outputShape), gate \(gate?.shape ?? []), means \(means?.shape ?? []), "
                + "position \(position?.rows.shape ?? []), \(position?.columns.shape ?? [])")
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
