import CKernels
import Glibc
import Kernels
import Tensors

/// Masked attention (Mask2Former, section 3.2.1), without projections: queries [B, Q, C], keys and values [B, N, C] ->
/// [B, Q, C], where head h reads and writes channels h·D ..< (h+1)·D, D = C / heads.
///
/// Each head is P = softmax(q · kᵀ / √D) over the pixels at which the query's mask logit [B, N, Q] is not below zero,
/// y = P · v; a query without any such pixel attends to all, as all do where there are no mask logits. Scores exist
/// tile by tile. Saves the inputs, y, and of each row of scores the maximum and the sum; the mask as bits. With dP =
/// dY · vᵀ and dS = P · (dP − Σ dY · y): dq = dS · k / √D; dk = dSᵀ · q / √D; dv = Pᵀ · dY.
package func maskedAttention(
    _ queries: Variable, _ keys: Variable, _ values: Variable, heads: Int, maskLogits: Tensor?
) -> Variable {
    precondition(
        queries.shape.count == 3 && keys.shape == values.shape,
        "attention: queries \(queries.shape), keys \(keys.shape), values \(values.shape)")
    let tiles = AttentionTiles(
        queries: queries.value, queryCount: queries.shape[1], memory: keys.shape, heads: heads, maskLogits: maskLogits)
    return attended(tiles, queries, keys, values)
}

/// For each of `queryCount` queries the mean of those values [B, N, C] at which its mask logit [B, N, Q] is not below
/// zero, of all where there is no such value or there are no mask logits: [B, Q, C].
///
/// It is masked attention whose scores are equal. Saves what that saves.
package func maskedMean(_ values: Variable, queryCount: Int, maskLogits: Tensor?) -> Variable {
    let tiles = AttentionTiles(
        queries: nil, queryCount: queryCount, memory: values.shape, heads: 1, maskLogits: maskLogits)
    return attended(tiles, nil, nil, values)
}

private func attended(
    _ tiles: AttentionTiles, _ queries: Variable?, _ keys: Variable?, _ values: Variable
) -> Variable {
    let memory = AttentionMemory(keys: keys?.value, values: values.value, heads: tiles.heads)
    let query = queries?.value
    let result = tiles.attend(memory.withRows)
    let inputs = [queries, keys, values]
    let wanted = inputs.map { $0?.needsGradient ?? false }
    return record(result.output, inputs: inputs.compactMap { $0 }) { dY in
        let gradients = AttentionGradient(
            tiles: tiles, queries: query, memory: memory, result: result, dY: dY, wanted: wanted
        ).run()
        return zip(inputs.indices, gradients).filter { inputs[$0.0] != nil }.map(\.1)
    }
}

/// Keys and values [B, N, C]; without keys all scores are equal.
private struct AttentionMemory {
    let keys: Tensor?
    let values: Tensor
    let heads: Int

    func withRows(image: Int, pixels: Range<Int>, _ body: (AttentionRows) -> Void) {
        let channels = values.channels
        let offset = (image * values.shape[1] + pixels.lowerBound) * channels
        AttentionRows.rearranging(
            keys: keys.map { $0.data + offset }, values: values.data + offset, count: pixels.count, heads: heads,
            width: channels / heads, body)
    }
}

/// The backward pass, tile by tile with scores computed again; parts of dQ are added in the order of the parts.
private struct AttentionGradient {
    let tiles: AttentionTiles
    let queries: Tensor?
    let memory: AttentionMemory
    let result: AttentionTiles.Result
    let dY: Tensor
    /// Of queries, keys and values.
    let wanted: [Bool]

    private var heads: Int { tiles.heads }
    private var width: Int { tiles.width }
    private var rowWidth: Int { tiles.rowWidth }
    private var scale: Float { 1 / sqrtf(Float(width)) }

    /// dQ, dK, dV.
    func run() -> [Tensor?] {
        let needsScores = wanted[0] || wanted[1]
        let dK = wanted[1] ? Tensor(uninitialized: memory.values.shape) : nil
        let dV = wanted[2] ? Tensor(uninitialized: memory.values.shape) : nil
        let size = tiles.queries * rowWidth
        let sums = wanted[0] ? Tensor(zeros: [tiles.images * tiles.parts, heads, size]) : nil
        let products =
            needsScores
            ? AttentionTiles.packed(AttentionTiles.padded(dY, rows: tiles.stride, factor: 1), heads: heads) : []
        let toKeys =
            dK.flatMap { _ in queries }.map { columns(AttentionTiles.padded($0, rows: $0.shape[1], factor: scale)) }
            ?? []
        let toValues = dV.map { _ in columns(dY) } ?? []
        let along = alongOutput()
        tiles.forEachTile { image, part, tile, scratch in
            memory.withRows(image: image, pixels: tile) { rows in
                let (bits, words) = tiles.bits(image, tile.lowerBound)
                for head in 0..<heads {
                    let index = image * heads + head
                    tiles.score(image, head, rows, tile.count, into: scratch.scores)
                    if needsScores {
                        products[index].multiplyPadded(
                            rows.values + head * tile.count * rowWidth, rows: tile.count, inputStride: rowWidth,
                            into: scratch.products.data)
                    }
                    pk_attention_gradient(
                        scratch.scores.data, needsScores ? scratch.products.data : nil, tiles.stride, bits, words,
                        tile.count, result.most.data + index * tiles.stride,
                        result.inverseSums.data + index * tiles.stride, along.data + index * tiles.stride)
                    let place = (image * tiles.pixels + tile.lowerBound) * tiles.channels + head * width
                    for (gradient, matrices, weights) in [
                        (dV, toValues, scratch.scores), (dK, toKeys, scratch.products),
                    ] {
                        guard let gradient else { continue }
                        matrices[index].multiply(
                            weights.data, rows: tile.count, inputStride: tiles.stride, into: gradient.data + place,
                            stride: tiles.channels)
                    }
                    if let sums {
                        pk_attention_mix(
                            scratch.products.data, tiles.stride, tile.count, tiles.queries,
                            rows.keys + head * tile.count * rowWidth, rowWidth, nil,
                            sums.data + (part * heads + head) * size)
                    }
                }
            }
        }
        return [sums.map(merged), dK, dV]
    }

    /// Matrices that multiply rows of weights, one a query, by the heads of [B, Q, C], image by image.
    private func columns(_ x: Tensor) -> [PackedMatrix] {
        let (rows, channels) = (x.shape[1], x.channels)
        return (0..<tiles.images * heads).map { index in
            PackedMatrix(
                x.data + index / heads * rows * channels + index % heads * width, outputs: width,
                inputs: tiles.queries, outputStep: 1, inputStep: channels)
        }
    }

    /// Σ dY · y of each head and query: [B, heads, stride].
    private func alongOutput() -> Tensor {
        let (queries, channels, y) = (tiles.queries, tiles.channels, result.output)
        let along = Tensor(zeros: [tiles.images, heads, tiles.stride])
        parallelFor(tiles.images * heads) { index in
            for query in 0..<queries {
                let first = (index / heads * queries + query) * channels + index % heads * width
                var sum = 0.0
                for i in first..<first + width { sum += Double(dY.data[i]) * Double(y.data[i]) }
                along.data[index * tiles.stride + query] = Float(sum)
            }
        }
        return along
    }

    private func merged(_ sums: Tensor) -> Tensor {
        let dQ = Tensor(zeros: dY.shape)
        let factors = [Float](repeating: scale, count: tiles.stride)
        parallelFor(tiles.images * heads) { index in
            for part in index / heads * tiles.parts..<(index / heads + 1) * tiles.parts {
                tiles.add(
                    sums, part * heads + index % heads, factors, to: dQ, image: index / heads, head: index % heads)
            }
        }
        return dQ
    }
}
