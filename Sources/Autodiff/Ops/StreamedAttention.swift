import CKernels
import Glibc
import Kernels
import Tensors

/// Scores of a head that exist together.
private let tileScores = 1 << 16

/// Attention of many queries to few keys where no graph is recorded (SegFormer, section 3.1): rows x [B, …, I] become
/// queries [B, Q, C] by the steps `query`, attend head by head to keyValues [B, N, 2C], the keys' channels first, and
/// become rows of the result by the steps `output`, of which the last linear map adds `residual` [B, …, O].
///
/// Head h is softmax(q · kᵀ / √D) · v on channels h·D ..< (h+1)·D, D = C / heads. A few rows at a time pass everything:
/// neither queries nor scores are ever a whole map.
package func streamedAttention(
    _ x: Tensor, query: [RowStep], keyValues: Tensor, heads: Int, output: [RowStep], residual: Tensor
) -> Tensor {
    let (before, after) = (RowSteps(query), RowSteps(output))
    let (images, keys, channels) = (keyValues.shape[0], keyValues.shape[1], before.outputs)
    precondition(
        keyValues.channels == 2 * channels && channels % heads == 0 && x.shape[0] == images
            && residual.shape == x.shape.dropLast() + [after.outputs],
        "attention: rows \(x.shape) -> \(channels), keys and values \(keyValues.shape), \(heads) heads, residual "
            + "\(residual.shape)")
    let memory = KeyValueMatrices(keyValues, heads: heads)
    let rows = x.rows / images
    let granule = pk_convolution_tile_pixels()
    let grain = max(1, tileScores / (keys * granule)) * granule
    let tiles = (rows + grain - 1) / grain
    let y = Tensor(uninitialized: residual.shape)
    parallelFor(images * tiles) { task in
        let (image, start) = (task / tiles, task % tiles * grain)
        let (count, first) = (min(grain, rows - start), image * rows + start)
        let scratch = Tensor(uninitialized: [count * (2 * channels + keys + 1)])
        let (queries, mixed) = (scratch.data, scratch.data + count * channels)
        before(x.data + first * x.channels, rows: count, into: queries)
        memory.attend(image, queries, count, scores: mixed + count * channels, into: mixed)
        after(
            mixed, rows: count, residual: residual.data + first * after.outputs, into: y.data + first * after.outputs)
        withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime((x, residual)) {}
    return y
}

/// Keys and values in the order of the register-tiled kernels, a matrix for each image and head.
private struct KeyValueMatrices {
    private let keys, values: [PackedMatrix]
    private let count, channels, heads: Int

    /// [B, N, 2C].
    init(_ keyValues: Tensor, heads: Int) {
        let (count, stride) = (keyValues.shape[1], keyValues.channels)
        let (channels, width) = (stride / 2, stride / 2 / heads)
        let starts = (0..<keyValues.shape[0] * heads).map { index in
            UnsafePointer(keyValues.data + index / heads * count * stride + index % heads * width)
        }
        keys = starts.map { PackedMatrix($0, outputs: count, inputs: width, outputStep: stride) }
        values = starts.map {
            PackedMatrix($0 + channels, outputs: width, inputs: count, outputStep: 1, inputStep: stride)
        }
        (self.count, self.channels, self.heads) = (count, channels, heads)
        withExtendedLifetime(keyValues) {}
    }

    /// What `rows` queries of an image gather: [rows, C] -> [rows, C]. `scores` has room for rows · (N + 1) floats.
    func attend(
        _ image: Int, _ queries: UnsafePointer<Float>, _ rows: Int, scores: UnsafeMutablePointer<Float>,
        into mixed: UnsafeMutablePointer<Float>
    ) {
        let (width, inverseSums) = (channels / heads, scores + rows * count)
        let factor = Float(M_LOG2E / Double(width).squareRoot())
        for head in 0..<heads {
            let (index, target) = (image * heads + head, mixed + head * width)
            keys[index].multiply(
                queries + head * width, rows: rows, inputStride: channels, into: scores, stride: count)
            pk_softmax_powers(scores, rows, count, factor, inverseSums)
            values[index].multiply(scores, rows: rows, into: target, stride: channels)
            for row in 0..<rows {
                for channel in 0..<width { target[row * channels + channel] *= inverseSums[row] }
            }
        }
    }
}
