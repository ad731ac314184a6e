import CKernels
import Kernels
import Tensors

/// What norms of scores are never below.
private let epsilon = 1e-12

/// The global query of efficient additive attention (Shaker et al., SwiftFormer, ICCV 2023, equations 3 and 4; official
/// swiftformer.py EfficientAdditiveAttnetion), one an image: queries q [B, H, W, C] and weight w [C, 1] ->
/// [B, 1, 1, C].
///
/// Token n has the score s = q · w; g = Σ a · q for a = s / ‖s‖₂, the norm over the tokens of the image (a common
/// factor of the scores cancels). Without a weight every a is 1.
///
/// Saves q, w and a. With d = q · dg and e = g · dg: ds = (d − a · e) / ‖s‖₂; dq = a · dg + ds · w; dw = Σ ds · q.
package func globalQuery(_ q: Variable, weight: Variable?) -> Variable {
    precondition(
        q.shape.count == 4 && q.value.count > 0 && weight.map { $0.shape == [q.value.channels, 1] } ?? true,
        "globalQuery: queries \(q.shape), weight \(weight?.shape ?? [])")
    guard let weight else { return sumOfTokens(q) }
    let (queries, w) = (q.value, weight.value)
    let (images, channels, tokens) = (q.shape[0], queries.channels, queries.rows / q.shape[0])
    let scores = products(queries) { _ in w.data }
    let norms = (0..<images).map { image in
        let scores = scores[image * tokens..<(image + 1) * tokens]
        return max(scores.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot(), epsilon)
    }
    let a = Tensor(scores.indices.map { Float(Double(scores[$0]) / norms[$0 / tokens]) }, shape: [queries.rows])
    let g = weightedSums(queries, a).tensor(0, shape: [images, 1, 1, channels])
    let (needsQ, needsWeight, apart) = (q.needsGradient, weight.needsGradient, q.images ?? 1 > 1)
    return record(g, inputs: [q, weight]) { dG in
        let d = products(queries) { dG.data + $0 / tokens * channels }
        let e = (0..<images).map { image in
            (image * channels..<(image + 1) * channels).reduce(0) { $0 + Double(g.data[$1]) * Double(dG.data[$1]) }
        }
        let dS = Tensor(
            d.indices.map { Float((Double(d[$0]) - Double(a.data[$0]) * e[$0 / tokens]) / norms[$0 / tokens]) },
            shape: a.shape)
        let dQ = needsQ ? Tensor(uninitialized: queries.shape) : nil
        if let dQ {
            forEachChunkOfImage(queries) { row, rows in
                pk_outer_products(
                    a.data + row, dG.data + row / tokens * channels, dS.data + row, w.data, rows, channels,
                    dQ.data + row * channels)
            }
        }
        guard needsWeight else { return [dQ, nil] }
        let sums = weightedSums(queries, dS)
        let dW =
            apart
            ? sums.tensor(0, shape: [images, channels, 1])
            : sums.joined(groups: images).tensor(0, shape: [channels, 1])
        return [dQ, dW]
    }
}

/// Σ q over the tokens of each image. Saves nothing; dq = dg.
private func sumOfTokens(_ q: Variable) -> Variable {
    let shape = q.shape
    let small = [shape[0], 1, 1, shape[3]]
    let sums = Broadcast(small, along: shape, operation: "globalQuery").reduced(q.value, shape: small)
    return record(sums, inputs: [q]) { dG in [add(Tensor(zeros: shape), dG)] }
}

/// Σ over the channels of a token of q · row, for the row that `rowOf` has for a token.
private func products(_ q: Tensor, _ rowOf: (_ token: Int) -> UnsafeMutablePointer<Float>) -> [Float] {
    let result = Tensor(uninitialized: [q.rows])
    forEachChunkOfImage(q) { row, rows in
        pk_row_products(q.data + row * q.channels, rowOf(row), rows, q.channels, result.data + row)
    }
    return result.array
}

/// Calls `body` on chunks of the tokens of one image: the first and how many.
private func forEachChunkOfImage(_ q: Tensor, _ body: (_ row: Int, _ rows: Int) -> Void) {
    let tokens = q.rows / q.shape[0]
    let grain = max(1, elementGrain / 2 / q.channels)
    let chunks = (tokens + grain - 1) / grain
    parallelFor(q.shape[0] * chunks) { index in
        let start = index % chunks * grain
        body(index / chunks * tokens + start, min(grain, tokens - start))
    }
}

/// Σ over the tokens of each image of weight · q.
private func weightedSums(_ q: Tensor, _ weights: Tensor) -> RowSums {
    let (images, channels) = (q.shape[0], q.channels)
    return RowSums(groups: images, rows: q.rows / images, width: channels, quantities: 1) {
        offset, rows, columns, sums in
        pk_add_weighted_rows(q.data + offset, weights.data + offset / channels, rows, columns, channels, sums)
    }
}
