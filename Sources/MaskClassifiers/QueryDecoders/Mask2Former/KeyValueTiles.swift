import Autodiff
import CKernels
import Kernels
import Layers
import Tensors

/// The keys and values of masked attention in evaluation, projected a tile of pixels at a time and never held: writing
/// and reading them would cost more than reading the memory again for every layer.
struct KeyValueTiles {
    private let memory: Tensor
    private let position: Tensor?
    /// One for each head.
    private let keys, values: [(matrix: PackedMatrix, bias: Tensor)]

    /// A memory with its position added or apart, and the projections of an attention.
    init(_ memory: QueryMemory, projections: AttentionProjections, heads: Int, _ context: ForwardContext) {
        self.memory = memory.map.value
        position = memory.position
        let (weight, bias) = projections.variables(context)
        let channels = weight.value.channels
        let width = channels / heads
        func matrices(_ part: AttentionProjections.Part) -> [(PackedMatrix, Tensor)] {
            (0..<heads).map { head in
                let first = part.rawValue * channels + head * width
                let rows = first..<first + width
                return (
                    PackedMatrix(weight.value.items(rows), outputs: width, inputs: channels), bias.value.items(rows)
                )
            }
        }
        (keys, values) = (matrices(.key), matrices(.value))
    }

    /// Calls `body` with the keys and values of neighbouring pixels of an image.
    func withTile(image: Int, pixels: Range<Int>, _ body: (AttentionRows) -> Void) {
        let (channels, count) = (memory.channels, pixels.count)
        let first = (image * memory.shape[1] * memory.shape[2] + pixels.lowerBound) * channels
        let rowWidth = pk_attention_row_width(channels / keys.count)
        let size = keys.count * count * rowWidth
        // Row widths beyond a head's channels stay zeros.
        let rows = rowWidth * keys.count == channels ? Tensor(uninitialized: [2, size]) : Tensor(zeros: [2, size])
        let positioned = Tensor(uninitialized: [count, channels])
        var input = UnsafePointer(memory.data + first)
        project(input, count, by: values, into: rows.data + size, rowWidth)
        if let position {
            pk_add_to_rows(input, position.data + first, 1, count * channels, count * channels, positioned.data)
            input = UnsafePointer(positioned.data)
        }
        project(input, count, by: keys, into: rows.data, rowWidth)
        body(AttentionRows(keys: rows.data, values: rows.data + size))
        withExtendedLifetime((rows, positioned)) {}
    }

    private func project(
        _ x: UnsafePointer<Float>, _ count: Int, by heads: [(matrix: PackedMatrix, bias: Tensor)],
        into rows: UnsafeMutablePointer<Float>, _ rowWidth: Int
    ) {
        for (head, projection) in heads.enumerated() {
            projection.matrix.multiply(
                x, rows: count, into: rows + head * count * rowWidth, stride: rowWidth,
                epilogue: Epilogue(shift: projection.bias).kernelView())
        }
    }
}
