import CKernels
import Glibc
import Kernels
import Tensors

/// The sums over points that mask and dice costs are made of, for every pair of query and segment.
///
/// With x the mask logits [P, Q], σ their sigmoid and t the targets [P, M], the official pair of cross-entropies
/// Σ BCE(x, 1)·t + BCE(x, 0)·(1 − t) is Σ softplus(x) − Σ x·t, so that one product xᵀt is enough.
struct PointSums {
    private let points: Int
    private let segments: Int
    private var logitProducts: [Double]
    private var sigmoidProducts: [Double]
    private var softplusSums: [Double]
    private var sigmoidSums: [Double]
    private var targetSums: [Double]

    /// Points of a tile. Each tile's sums are added in order, so that the bits do not depend on the thread count.
    private static let tile = 512

    /// features [H, W, C], which are sampled at points [P, 2] tile by tile; embeddings [Q, C], targets [P, M].
    init(features: Tensor, points places: Tensor, embeddings: Tensor, targets: Tensor) {
        let points = targets.shape[0]
        let (queries, segments) = (embeddings.shape[0], targets.shape[1])
        (self.points, self.segments) = (points, segments)
        logitProducts = Array(repeating: 0, count: queries * segments)
        sigmoidProducts = logitProducts
        softplusSums = Array(repeating: 0, count: queries)
        sigmoidSums = softplusSums
        targetSums = Array(repeating: 0, count: segments)

        let tiles = (points + PointSums.tile - 1) / PointSums.tile
        let products = Tensor(uninitialized: [tiles, 2, queries * segments])
        // Of each tile: per query Σ softplus and Σ σ, per segment Σ t.
        let rowWidth = 2 * queries + segments
        let rows = Tensor(uninitialized: [tiles, rowWidth])
        parallelRows(points, grain: PointSums.tile) { range in
            let index = range.lowerBound / PointSums.tile
            PointSums.sumTile(
                range, features, places, embeddings, targets, products: products.data + index * 2 * queries * segments,
                rows: rows.data + index * rowWidth)
        }
        let (pairs, area) = (products.data, queries * segments)
        for tile in 0..<tiles {
            for i in 0..<area {
                logitProducts[i] += Double(pairs[2 * tile * area + i])
                sigmoidProducts[i] += Double(pairs[(2 * tile + 1) * area + i])
            }
            let row = rows.data + tile * rowWidth
            for q in 0..<queries {
                softplusSums[q] += Double(row[q])
                sigmoidSums[q] += Double(row[queries + q])
            }
            for m in 0..<segments { targetSums[m] += Double(row[2 * queries + m]) }
        }
    }

    /// batch_sigmoid_ce_loss: [Q, M].
    var maskCosts: [Double] {
        logitProducts.indices.map { (softplusSums[$0 / segments] - logitProducts[$0]) / Double(points) }
    }

    /// batch_dice_loss: [Q, M].
    var diceCosts: [Double] {
        sigmoidProducts.indices.map {
            let total = sigmoidSums[$0 / segments] + targetSums[$0 % segments]
            return 1 - (2 * sigmoidProducts[$0] + 1) / (total + 1)
        }
    }

    private static func sumTile(
        _ range: Range<Int>, _ features: Tensor, _ places: Tensor, _ embeddings: Tensor, _ targets: Tensor,
        products: UnsafeMutablePointer<Float>, rows: UnsafeMutablePointer<Float>
    ) {
        let (count, channels) = (range.count, embeddings.channels)
        let (queries, segments) = (embeddings.shape[0], targets.shape[1])
        let logits = Tensor(uninitialized: [count, queries])
        let sigmoids = Tensor(uninitialized: [count, queries])
        let sampled = gridSample(features, points: places, range)
        gemm(
            transposeB: true, m: count, n: queries, k: channels, a: sampled.data, lda: channels, b: embeddings.data,
            ldb: channels, c: logits.data, ldc: queries)
        sumActivations(logits, sigmoids, rows: rows)
        let target = targets.data + range.lowerBound * segments
        for (index, x) in [logits, sigmoids].enumerated() {
            gemm(
                transposeA: true, m: queries, n: segments, k: count, a: x.data, lda: queries, b: target,
                ldb: segments, c: products + index * queries * segments, ldc: segments)
        }
        for m in 0..<segments {
            var sum = 0.0
            for p in 0..<count { sum += Double(target[p * segments + m]) }
            rows[2 * queries + m] = Float(sum)
        }
    }

    /// Σ softplus(x) = Σ max(x, 0) − log Π max(σ, 1 − σ): the factors are at least 1/2, so a tile's product of 512 of
    /// them fits in a Double and one logarithm serves them all.
    private static func sumActivations(_ logits: Tensor, _ sigmoids: Tensor, rows: UnsafeMutablePointer<Float>) {
        let (count, queries) = (logits.shape[0], logits.shape[1])
        pk_sigmoid_forward(logits.data, count * queries, sigmoids.data)
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * queries) { scratch in
            scratch.initialize(repeating: 0)
            guard let positive = scratch.baseAddress else { return }
            let (factors, sums) = (positive + queries, positive + 2 * queries)
            factors.update(repeating: 1, count: queries)
            for p in 0..<count {
                let (x, y) = (logits.data + p * queries, sigmoids.data + p * queries)
                for q in 0..<queries {
                    positive[q] += Double(max(x[q], 0))
                    factors[q] *= Double(max(y[q], 1 - y[q]))
                    sums[q] += Double(y[q])
                }
            }
            for q in 0..<queries {
                rows[q] = Float(positive[q] - log(factors[q]))
                rows[queries + q] = Float(sums[q])
            }
        }
    }
}
