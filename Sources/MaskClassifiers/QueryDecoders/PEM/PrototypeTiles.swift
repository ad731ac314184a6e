import CKernels
import Kernels
import Tensors

/// Chosen pixels of a head that one task makes.
private let chosenTogether = 48

/// PEM-CA's keys in evaluation, made a tile of pixels at a time and never held:
/// normalize(Linear(depthwise3×3(BatchNorm(memory)))) (pem_transformer_decoder.py, PEM_CA: feature_proj).
///
/// The norm is folded into the depthwise weight and bias. Padding comes after the norm, so at the edges of the
/// image its shift comes only through the taps that lie inside.
struct PrototypeTiles {
    private let memory: Tensor
    private let sizes: depthwise_shape
    /// [3, 3, C], the norm's scale multiplied in.
    private let weight: Tensor
    /// [4, 4, C]: the bias and the norm's shift through the taps inside, by which rows and columns are missing.
    private let shifts: Tensor
    private let projection: PackedMatrix
    private let projectionBias: Tensor
    private let epsilon: Float
    /// The lengths that the keys were divided by: [B, H · W], each there once its pixel's tile has been made.
    private let norms: Tensor

    /// memory [B, H, W, C]; the norm as y = x · scale + shift, each [C]; the depthwise weight [3, 3, C] with its
    /// bias [C]; the projection's weight [C, C] with its bias [C]; epsilon is the least norm of a key.
    init(
        memory: Tensor, norm: (scale: Tensor, shift: Tensor), depthwise: (weight: Tensor, bias: Tensor),
        projection: (weight: Tensor, bias: Tensor), epsilon: Float
    ) {
        let (shape, channels) = (memory.shape, memory.channels)
        precondition(
            shape.count == 4 && depthwise.weight.shape == [3, 3, channels]
                && projection.weight.shape == [channels, channels],
            "prototype tiles: memory \(shape), depthwise \(depthwise.weight.shape), \(projection.weight.shape)")
        self.memory = memory
        self.epsilon = epsilon
        sizes = depthwise_shape(
            images: shape[0], input_height: shape[1], input_width: shape[2], height: shape[1], width: shape[2],
            channels: channels, kernel_height: 3, kernel_width: 3, stride_rows: 1, stride_columns: 1,
            padding_rows: 1, padding_columns: 1, dilation_rows: 1, dilation_columns: 1)
        let scaled = Tensor(uninitialized: depthwise.weight.shape)
        for index in 0..<scaled.count {
            scaled.data[index] = depthwise.weight.data[index] * norm.scale.data[index % channels]
        }
        weight = scaled
        shifts = Self.shifts(norm.shift, depthwise.weight, bias: depthwise.bias)
        self.projection = PackedMatrix(projection.weight, outputs: channels, inputs: channels)
        projectionBias = projection.bias
        norms = Tensor(uninitialized: [shape[0], shape[1] * shape[2]])
    }

    /// [B, H · W, C].
    var shape: [Int] { [memory.shape[0], memory.shape[1] * memory.shape[2], memory.channels] }

    /// Bit 0 of an edge is set where the first tap lies outside, bit 1 where the last does.
    private static func edge(_ position: Int, _ count: Int) -> Int {
        (position == 0 ? 1 : 0) + (position == count - 1 ? 2 : 0)
    }

    private static func shifts(_ shift: Tensor, _ weight: Tensor, bias: Tensor) -> Tensor {
        let (channels, tensors) = (shift.count, (shift, weight, bias))
        let (shift, weight, bias) = (shift.data, weight.data, bias.data)
        let result = Tensor(uninitialized: [4, 4, channels])
        for edges in 0..<16 {
            func taps(_ edge: Int) -> Range<Int> { edge & 1..<3 - edge >> 1 }
            let row = result.data + edges * channels
            for channel in 0..<channels {
                var sum: Float = 0
                for a in taps(edges / 4) {
                    for b in taps(edges % 4) { sum += weight[(a * 3 + b) * channels + channel] }
                }
                row[channel] = bias[channel] + shift[channel] * sum
            }
        }
        withExtendedLifetime(tensors) {}
        return result
    }

    /// Calls `body` with the keys [count, C] of neighbouring pixels of an image.
    func withTile(image: Int, pixels: Range<Int>, _ body: (UnsafePointer<Float>) -> Void) {
        let (channels, count) = (memory.channels, pixels.count)
        let scratch = Tensor(uninitialized: [2, count, channels])
        let keys = scratch.data + count * channels
        convolve(image, pixels, into: scratch.data)
        projection.multiply(
            scratch.data, rows: count, into: keys, stride: channels,
            epilogue: Epilogue(shift: projectionBias).kernelView())
        pk_l2_rows_forward(keys, epsilon, count, channels, keys, norms.data + image * shape[1] + pixels.lowerBound)
        body(keys)
        withExtendedLifetime((scratch, norms)) {}
    }

    /// The channels that each head has of the keys of its pixels, `indices` [B, heads, Q]: [B, Q, C]. All tiles have
    /// been made before.
    func chosen(_ indices: [Int32], heads: Int) -> Tensor {
        let (images, channels) = (memory.shape[0], memory.channels)
        let queries = indices.count / (images * heads)
        let result = Tensor(uninitialized: [images, queries, channels])
        let parts = (queries + chosenTogether - 1) / chosenTogether
        parallelFor(images * heads * parts) { task in
            let (image, head) = (task / parts / heads, task / parts % heads)
            let part = task % parts * queries / parts..<(task % parts + 1) * queries / parts
            let first = (image * heads + head) * queries
            choose(
                indices[first + part.lowerBound..<first + part.upperBound], image, head: head, of: heads,
                into: result.data + (image * queries + part.lowerBound) * channels)
        }
        return result
    }

    /// Makes the keys of some pixels again, as far as one head reads them.
    private func choose(
        _ pixels: ArraySlice<Int32>, _ image: Int, head: Int, of heads: Int, into target: UnsafeMutablePointer<Float>
    ) {
        let (channels, width) = (memory.channels, memory.channels / heads)
        let wanted = head * width..<(head + 1) * width
        let columns = projection.wholePanels(wanted)
        let scratch = Tensor(uninitialized: [pixels.count, channels])
        let keys = Tensor(uninitialized: [pixels.count, columns.count])
        for (row, pixel) in pixels.enumerated() {
            convolve(image, Int(pixel)..<Int(pixel) + 1, into: scratch.data + row * channels)
        }
        projection.multiply(
            scratch.data, rows: pixels.count, columns: columns, into: keys.data, stride: columns.count,
            epilogue: Epilogue(shift: projectionBias).kernelView())
        let lengths = norms.data + image * shape[1]
        for (row, pixel) in pixels.enumerated() {
            let inverse = 1 / max(lengths[Int(pixel)], epsilon)
            let source = keys.data + row * columns.count - columns.lowerBound
            for channel in wanted { target[row * channels + channel] = source[channel] * inverse }
        }
        withExtendedLifetime((scratch, keys, norms)) {}
    }

    /// Norm and depthwise convolution of some pixels of an image, [count, C]: a line at a time, its two ends
    /// apart.
    private func convolve(_ image: Int, _ pixels: Range<Int>, into target: UnsafeMutablePointer<Float>) {
        let (height, width, channels) = (memory.shape[1], memory.shape[2], memory.channels)
        var (sizes, pixel) = (sizes, pixels.lowerBound)
        while pixel < pixels.upperBound {
            let (y, x) = (pixel / width, pixel % width)
            let isEnd = x == 0 || x == width - 1
            let count = isEnd ? 1 : min(width - 1 - x, pixels.upperBound - pixel)
            let edges = Self.edge(y, height) * 4 + (isEnd ? Self.edge(x, width) : 0)
            var epilogue = convolution_epilogue()
            epilogue.shift = UnsafePointer(shifts.data + edges * channels)
            let line = image * height + y
            pk_depthwise_forward(
                &sizes, memory.data, weight.data, line, line + 1, x, x + count, &epilogue,
                target + (pixel - pixels.lowerBound) * channels, channels)
            pixel += count
        }
    }
}
