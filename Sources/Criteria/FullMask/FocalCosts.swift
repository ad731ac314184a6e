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

    /// features [h, w, C], embeddings [Q, C], the segments of the h · w pixels in each layer, `count` of them.
    package init(features: Tensor, embeddings: Tensor, segments: [[Int32]], count: Int, alpha: Float) {
        let (channels, queries) = (features.channels, embeddings.shape[0])
        let pixels = features.rows
        (self.pixels, self.queries, self.segments) = (pixels, queries, count)
        // Queries that are too many fill whole vectors.
        let width = (queries + 15) / 16 * 16
        let padded = Tensor(zeros: [width, channels])
        padded.data.update(from: embeddings.data, count: embeddings.count)
        let layers = Array(segments.joined())
        let size = (1 + count) * 2 * width
        let parts = Tensor(zeros: [(pixels + Self.tile - 1) / Self.tile, size])
        layers.withUnsafeBufferPointer { layers in
            parallelRows(pixels, grain: Self.tile) { range in
                let (logits, line) = (Tensor(uninitialized: [range.count, width]), Tensor(uninitialized: [2 * width]))
                gemm(
                    transposeB: true, m: range.count, n: width, k: channels,
                    a: features.data + range.lowerBound * channels, lda: channels, b: padded.data, ldb: channels,
                    c: logits.data, ldc: width)
                pk_focal_cost_sums(
                    logits.data, range.count, width, layers.baseAddress.map { $0 + range.lowerBound },
                    segments.count, pixels, alpha, line.data, parts.data + range.lowerBound / Self.tile * size)
            }
        }
        sums = [Double](repeating: 0, count: size)
        for part in 0..<parts.shape[0] {
            let values = parts.data + part * size
            for index in 0..<size { sums[index] += Double(values[index]) }
        }
        areas = [Double](repeating: 0, count: count)
        for layer in segments {
            for segment in layer where segment >= 0 { areas[Int(segment)] += 1 }
        }
    }

    /// batch_sigmoid_focal_loss: [Q, segments].
    package var maskCosts: [Double] {
        costs { _, all, inside in (all[0] + inside[0]) / Double(pixels) }
    }

    /// batch_dice_loss: [Q, segments].
    package var diceCosts: [Double] {
        costs { segment, all, inside in 1 - (2 * inside[1] + 1) / (all[1] + areas[segment] + 1) }
    }

    /// What `cost` makes of the sums of every pair: over all pixels and over those of the segment.
    private func costs(_ cost: (_ segment: Int, _ all: [Double], _ inside: [Double]) -> Double) -> [Double] {
        let width = sums.count / (2 * (1 + segments))
        func pair(_ row: Int, _ query: Int) -> [Double] {
            [sums[2 * row * width + query], sums[(2 * row + 1) * width + query]]
        }
        return (0..<queries * segments).map { index in
            let (query, segment) = (index / segments, index % segments)
            return cost(segment, pair(0, query), pair(1 + segment, query))
        }
    }
}
