// Multi-scale deformable attention (Zhu et al., Deformable DETR, section 4.1) among the tokens of several maps.
import CKernels
import Kernels
import Tensors

/// Neighbouring queries whose projections and samples are in the cache together.
private let tileQueries = 96

/// values [B, N, heads · D], offsets [B, N, heads · L · P · 2], weights [B, N, heads · L · P] -> [B, N, heads · D].
///
/// Head h of a query sums, over the levels l and the points p, its weight (h, l, p) times the sample of the channels
/// h · D ..< (h + 1) · D of map l at x = (j + ½) · Wₗ / W_q − ½ + Δx, and y alike: the query is in column j of its own
/// map of width W_q, and (Δx, Δy) is its offset (h, l, p). Samples are bilinear, zero outside. Saves the inputs.
///
/// With a = the weight, g = the head's dY, s = the sample: dweight = g · s; dΔ = a · g · ds/dΔ; the four pixels of a
/// sample get a · (their share) · g, in the order of the queries.
package func deformableAttention(
    values: Variable, offsets: Variable, weights: Variable, levels: TokenLevels, heads: Int
) -> Variable {
    let sampling = DeformableSampling(levels, heads: heads, channels: values.shape[2], weights: weights.shape[2])
    precondition(
        values.shape[1] == levels.count && offsets.shape == values.shape.dropLast() + [2 * sampling.points]
            && weights.shape == values.shape.dropLast() + [sampling.points],
        "deformableAttention: values \(values.shape), offsets \(offsets.shape), weights \(weights.shape)")
    let (headValues, savedOffsets, savedWeights) = (
        sampling.headMajor(values.value), offsets.value, weights.value
    )
    let needs = [values, offsets, weights].map(\.needsGradient)
    let y = Tensor(uninitialized: values.shape)
    sampling.forEachTile(images: y.shape[0]) { image, range in
        let first = image * levels.count + range.lowerBound
        sampling.sample(
            headValues, image: image, range, offsets: savedOffsets.data + first * 2 * sampling.points,
            weights: savedWeights.data + first * sampling.points, into: y.data + first * y.channels)
    }
    return record(y, inputs: [values, offsets, weights]) { dY in
        let dValues = needs[0] ? Tensor(zeros: headValues.shape) : nil
        let dOffsets = Tensor(uninitialized: savedOffsets.shape)
        let dWeights = Tensor(uninitialized: savedWeights.shape)
        sampling.addGradients(
            headValues, savedOffsets, savedWeights, dY, dValues: dValues, dOffsets: dOffsets, dWeights: dWeights)
        return [dValues.map(sampling.tokenMajor), needs[1] ? dOffsets : nil, needs[2] ? dWeights : nil]
    }
}

/// The projections of a deformable attention: weights and biases as a Linear layer's.
package struct DeformableProjections {
    /// A weight [O, I] and a bias [O].
    package typealias Map = (weight: Tensor, bias: Tensor)
    private let values, offsets, logits: Map

    /// From tokens to values, and from tokens with their positions to offsets and to the weights before their softmax.
    package init(values: Map, offsets: Map, logits: Map) {
        (self.values, self.offsets, self.logits) = (values, offsets, logits)
    }

    fileprivate static func steps(_ map: Map) -> RowSteps { RowSteps([.linear(weight: map.weight, bias: map.bias)]) }

    /// The whole sublayer without a graph: tokens [B, N, C] and positions [N, C] -> [B, N, C], the norm of the tokens
    /// plus the projected attention. What a tile of queries asks for exists for that tile alone.
    package func attended(
        _ tokens: Tensor, position: Tensor, levels: TokenLevels, heads: Int, closing: RowSteps
    ) -> Tensor {
        let (count, channels) = (tokens.shape[1], tokens.shape[2])
        let sampling = DeformableSampling(
            levels, heads: heads, channels: values.weight.shape[0], weights: logits.weight.shape[0])
        precondition(
            count == levels.count && position.shape == [count, channels],
            "deformable attention: tokens \(tokens.shape), positions \(position.shape)")
        let headValues = sampling.projected(tokens, values)
        let (offsetMap, logitMap) = (Self.steps(offsets), Self.steps(logits))
        let y = Tensor(uninitialized: tokens.shape)
        sampling.forEachTile(images: tokens.shape[0]) { image, range in
            let (rows, first) = (range.count, (image * count + range.lowerBound) * channels)
            let queries = Tensor(uninitialized: [rows, channels])
            pk_add_to_rows(
                tokens.data + first, position.data + range.lowerBound * channels, 1, queries.count, queries.count,
                queries.data)
            let offsets = Tensor(uninitialized: [rows, offsetMap.outputs])
            offsetMap(queries.data, rows: rows, into: offsets.data)
            let logits = Tensor(uninitialized: [rows, logitMap.outputs])
            logitMap(queries.data, rows: rows, into: logits.data)
            pk_softmax_forward(logits.data, rows * heads, sampling.points / heads, logits.data)
            let mixed = Tensor(uninitialized: [rows, sampling.channels])
            sampling.sample(
                headValues, image: image, range, offsets: offsets.data, weights: logits.data, into: mixed.data)
            closing(mixed.data, rows: rows, residual: tokens.data + first, into: y.data + first)
            withExtendedLifetime((queries, offsets, logits, mixed)) {}
        }
        return y
    }
}

/// The sizes of a deformable attention, and its passes over values [B, heads, N, D]: those of a head lie together.
private struct DeformableSampling {
    let levels: TokenLevels
    let heads: Int
    let channels: Int
    /// Of a query, all heads and levels.
    let points: Int
    private let maps: [token_level]

    init(_ levels: TokenLevels, heads: Int, channels: Int, weights: Int) {
        precondition(
            channels % heads == 0 && weights % (heads * levels.levels.count) == 0 && weights <= 1024
                && weights / (heads * levels.levels.count) <= 64 && levels.count * channels / heads < 1 << 31,
            "deformable attention: \(channels) channels, \(weights) points, \(heads) heads, \(levels.count) tokens")
        (self.levels, self.heads, self.channels, points) = (levels, heads, channels, weights)
        maps = levels.levels.map { token_level(height: $0.height, width: $0.width, start: $0.start) }
    }

    private var depth: Int { channels / heads }

    private func withShape(_ body: (UnsafePointer<deformable_attention>) -> Void) {
        maps.withUnsafeBufferPointer { maps in
            var shape = deformable_attention(
                levels: maps.baseAddress, level_count: maps.count, heads: heads, points: points / heads / maps.count,
                head_channels: depth)
            body(&shape)
        }
    }

    func forEachTile(images: Int, _ body: (_ image: Int, _ queries: Range<Int>) -> Void) {
        let tiles = levels.tiles(of: tileQueries)
        parallelFor(images * tiles.count) { body($0 / tiles.count, tiles[$0 % tiles.count]) }
    }

    /// The sums of some queries; `offsets`, `weights` and `y` begin with the first of them.
    func sample(
        _ values: Tensor, image: Int, _ range: Range<Int>, offsets: UnsafePointer<Float>,
        weights: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        withShape { shape in
            var queries = deformable_queries(
                offsets: offsets, weights: weights, offset_stride: 2 * points, weight_stride: points)
            pk_deformable_attention_forward(
                shape, values.data + image * levels.count * channels, &queries, range.lowerBound, range.upperBound, y)
        }
    }

    /// A task has one head's part of one map, which no other adds to.
    func addGradients(
        _ values: Tensor, _ offsets: Tensor, _ weights: Tensor, _ dY: Tensor, dValues: Tensor?, dOffsets: Tensor,
        dWeights: Tensor
    ) {
        let tasks = heads * maps.count
        parallelFor(dY.shape[0] * tasks) { task in
            let (head, level) = (task % tasks / maps.count, task % maps.count)
            let first = task / tasks * levels.count
            withShape { shape in
                var queries = deformable_queries(
                    offsets: offsets.data + first * 2 * points, weights: weights.data + first * points,
                    offset_stride: 2 * points, weight_stride: points)
                pk_deformable_attention_gradient(
                    shape, values.data + first * channels, &queries, dY.data + first * channels, head, level,
                    dValues.map { $0.data + first * channels }, dOffsets.data + first * 2 * points,
                    dWeights.data + first * points)
            }
        }
    }

    /// Tokens [B, N, C] -> x · Wᵀ + b as [B, heads, N, D].
    func projected(_ tokens: Tensor, _ map: DeformableProjections.Map) -> Tensor {
        let (inputs, count) = (tokens.shape[2], levels.count)
        let maps = (0..<heads).map { head in
            let rows = head * depth..<(head + 1) * depth
            return DeformableProjections.steps((map.weight.items(rows), map.bias.items(rows)))
        }
        let result = Tensor(uninitialized: [tokens.shape[0], heads, count, depth])
        forEachTile(images: tokens.shape[0]) { image, range in
            for (head, map) in maps.enumerated() {
                map(
                    tokens.data + (image * count + range.lowerBound) * inputs, rows: range.count,
                    into: result.data + ((image * heads + head) * count + range.lowerBound) * depth)
            }
        }
        return result
    }

    /// [B, N, heads · D] -> [B, heads, N, D].
    func headMajor(_ x: Tensor) -> Tensor {
        let y = Tensor(uninitialized: [x.shape[0], heads, levels.count, depth])
        forEachRun(images: x.shape[0]) { token, run in (y.data + run).update(from: x.data + token, count: depth) }
        return y
    }

    /// [B, heads, N, D] -> [B, N, heads · D].
    func tokenMajor(_ x: Tensor) -> Tensor {
        let y = Tensor(uninitialized: [x.shape[0], levels.count, channels])
        forEachRun(images: x.shape[0]) { token, run in (y.data + token).update(from: x.data + run, count: depth) }
        return y
    }

    /// Calls `body` with where the channels of each head and token begin in the one order and in the other.
    private func forEachRun(images: Int, _ body: (_ inTokens: Int, _ inHeads: Int) -> Void) {
        let count = levels.count
        parallelRows(images * count, grain: 512) { tokens in
            for token in tokens {
                let (image, index) = (token / count, token % count)
                for head in 0..<heads {
                    body(token * channels + head * depth, ((image * heads + head) * count + index) * depth)
                }
            }
        }
    }
}
