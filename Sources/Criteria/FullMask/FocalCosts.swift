import CKernels
import Kernels
import Tensors

/// What giving a query a segment costs, for all pairs, compared at every pixel of the mask features.
///
/// The focal loss is linear in the target t of a pixel, p · t + n · (1 − t) = n + (p − n) · t, and segments hold few of
/// all pairs of pixel and segment: beside Σ n over all pixels, only the segment of each pixel gets its p − n.
package struct FocalCosts {
    private let pixels: Int
    private let queries: Int
    private let segments: Int
    /// [1 + segments][2][queries padded], as `pk_focal_cost_sums` says.
    private var sums: [Double]
    private var areas: [Double]

    /// Pixels of a tile. Each tile's sums are added in order, so that the bits do not depend on the thread count.
    private static let tile = 512

    /// features [h, w, C], embeddings [Q, C], segments [layers · h · w], the segment of each pixel, −1 is none,
    /// `count` of them.
    package init(features: Tensor, embeddings: Tensor, segments: [Int32], count: Int, alpha: Float) {
        let (pixels, channels, queries) = (features.rows, features.channels, embeddings.shape[0])
        (self.pixels, self.queries, self.segments) = (pixels, queries, count)
        let product = PackedMatrix(embeddings, outputs: queries, inputs: channels)
        let width = product.paddedOutputs
        let size = (1 + count) * 2 * width
        let parts = Tensor(zeros: [(pixels + Self.tile - 1) / Self.tile, size])
        segments.withUnsafeBufferPointer { map in
            parallelRows(pixels, grain: Self.tile) { range in
                let (logits, line) = (Tensor(uninitialized: [range.count, width]), Tensor(uninitialized: [2 * width]))
                product.multiplyPadded(
                    features.data + range.lowerBound * channels, rows: range.count, inputStride: channels,
                    into: logits.data)
                pk_focal_cost_sums(
                    logits.data, range.count, width, map.baseAddress.map { $0 + range.lowerBound },
                    segments.count / pixels, pixels, alpha, line.data,
                    parts.data + range.lowerBound / Self.tile * size)
            }
        }
        sums = [Double](repeating: 0, count: size)
        for part in 0..<parts.shape[0] {
            let values = parts.data + part * size
            for index in 0..<size { sums[index] += Double(values[index]) }
        }
        areas = [Double](repeating: 0, count: count)
        for segment in segments where segment >= 0 { areas[Int(segment)] += 1 }
    }

    /// batch_sigmoid_focal_loss: [Q, segments].
    package var maskCosts: [Double] {
        costs { _, all, inside in (all.loss + inside.loss) / Double(pixels) }
    }

    /// batch_dice_loss: [Q, segments].
    package var diceCosts: [Double] {
        costs { segment, all, inside in 1 - (2 * inside.sigmoid + 1) / (all.sigmoid + areas[segment] + 1) }
    }

    private typealias Sum = (loss: Double, sigmoid: Double)

    /// What `cost` makes of the sums of every pair: over all pixels and over those of the segment.
    private func costs(_ cost: (_ segment: Int, _ all: Sum, _ inside: Sum) -> Double) -> [Double] {
        let width = sums.count / (2 * (1 + segments))
        func sum(_ row: Int, _ query: Int) -> Sum {
            (sums[2 * row * width + query], sums[(2 * row + 1) * width + query])
        }
        return (0..<queries * segments).map { index in
            let (query, segment) = (index / segments, index % segments)
            return cost(segment, sum(0, query), sum(1 + segment, query))
        }
    }
}
