import CKernels
import Glibc
import Kernels
import Tensors

/// Scores that exist together: those of a head for a block of queries.
private let blockScores = 1 << 16

/// Scaled dot-product attention (Vaswani et al., section 3.2), without projections: queries [B, Q, C], keys
/// and values [B, N, C] -> [B, Q, C], where head h reads and writes channels h·D ..< (h+1)·D, D = C / heads.
///
/// Each head is P = softmax(q · kᵀ / √D + bias), y = (P ∘ F) · v, with a bias [B or 1, heads or 1, Q, N] where one is
/// given: −∞ masks a position; no row may be masked whole. The factors F [B, heads, Q, N] are those of the dropout, 1
/// where none is given. Queries come block by block, so that [B, heads, Q, N] is never held; saves the inputs alone.
/// With dP = dY · vᵀ ∘ F and dS = P · (dP − Σ dP · P): dq = dS · k / √D; dk = dSᵀ · q / √D; dv = (P ∘ F)ᵀ · dY;
/// dbias = dS, summed over the images or heads that shared it.
package func attention(
    _ queries: Variable, _ keys: Variable, _ values: Variable, heads: Int, bias: Variable? = nil,
    dropout: DropoutMask? = nil
) -> Variable {
    let sizes = AttentionSizes(queries.shape, keys.shape, values.shape, heads: heads, bias: bias?.shape)
    precondition(dropout.map { $0.images == sizes.batch } ?? true, "attention: dropout for \(queries.shape)")
    let (q, k, v, biasValue) = (queries.value, keys.value, values.value, bias?.value)
    let y = Tensor(uninitialized: queries.shape)
    parallelFor(sizes.batch * heads * sizes.blockCount) { index in
        let block = sizes.block(head: index / sizes.blockCount, index % sizes.blockCount)
        let p = Tensor(uninitialized: [block.rows.count, sizes.keys])
        sizes.probabilities(block, q, k, biasValue, into: p.data)
        dropout?.apply(image: block.image, block.values, to: p.data, into: p.data)
        sizes.mixed(block, p.data, v, 1, y)
    }
    let inputs = [queries, keys, values] + (bias.map { [$0] } ?? [])
    let needs = inputs.map(\.needsGradient)
    let needsBias = bias?.needsGradient ?? false
    // Of a bias that all images share.
    let images = bias?.images == nil ? queries.images : nil
    return record(y, inputs: inputs) { dY in
        let dQ = needs[0] ? Tensor(uninitialized: q.shape) : nil
        let dK = needs[1] ? Tensor(uninitialized: k.shape) : nil
        let dV = needs[2] ? Tensor(uninitialized: v.shape) : nil
        let dBias = needsBias ? Tensor(uninitialized: [sizes.batch, heads, sizes.queries, sizes.keys]) : nil
        parallelFor(sizes.batch * heads) { head in
            // P, P ∘ F and dS.
            let scratch = Tensor(uninitialized: [3, sizes.blockRows * sizes.keys])
            let (p, dS) = (scratch.data, scratch.data + 2 * scratch.shape[1])
            let kept = dropout == nil ? p : p + scratch.shape[1]
            for block in (0..<sizes.blockCount).map({ sizes.block(head: head, $0) }) {
                sizes.probabilities(block, q, k, biasValue, into: p)
                dropout?.apply(image: block.image, block.values, to: p, into: kept)
                if let dV { sizes.gathered(block, kept, dY, 1, dV) }
                guard dQ != nil || dK != nil || needsBias else { continue }
                sizes.scores(block, dY, v, 1, dS, adding: false)
                dropout?.apply(image: block.image, block.values, to: dS, into: dS)
                pk_softmax_backward(p, dS, block.rows.count, sizes.keys, dS)
                if let dQ { sizes.mixed(block, dS, k, sizes.scale, dQ) }
                if let dK { sizes.gathered(block, dS, q, sizes.scale, dK) }
                if let dBias { (dBias.data + block.atScore).update(from: dS, count: block.values.count) }
            }
        }
        return [dQ, dK, dV, dBias.map { sharedGradient(images, [$0]) { sizes.biasGradient($0[0]) } }]
    }
}

/// Some queries of a head.
private struct AttentionBlock {
    let image: Int
    let rows: Range<Int>
    /// Where the head's part of the queries begins, and of the keys.
    let atQuery, atKey: Int
    /// Where the scores begin among those of all images, and which of their image they are.
    let atScore: Int
    let values: Range<Int>
}

/// The sizes of an attention, and its three matrix products for one block.
private struct AttentionSizes {
    let batch: Int
    let queries: Int
    let keys: Int
    let channels: Int
    let heads: Int
    /// [B or 1, heads or 1, Q, N].
    private let biasShape: [Int]?

    init(_ q: [Int], _ k: [Int], _ v: [Int], heads: Int, bias: [Int]?) {
        precondition(
            q.count == 3 && k.count == 3 && k == v && q[0] == k[0] && q[2] == k[2] && heads > 0 && q[2] % heads == 0,
            "attention: queries \(q), keys \(k), values \(v), \(heads) heads")
        (batch, queries, keys, channels) = (q[0], q[1], k[1], q[2])
        self.heads = heads
        biasShape = bias
        if let bias {
            precondition(
                bias.count == 4 && [1, batch].contains(bias[0]) && [1, heads].contains(bias[1])
                    && bias[2] == queries && bias[3] == keys,
                "attention: bias \(bias) for \([batch, heads, queries, keys])")
        }
    }

    private var headChannels: Int { channels / heads }

    /// 1 / √D.
    var scale: Float { 1 / sqrtf(Float(headChannels)) }

    /// Queries of a block.
    var blockRows: Int { min(queries, max(1, blockScores / keys)) }
    /// Blocks of a head.
    var blockCount: Int { (queries + blockRows - 1) / blockRows }

    /// Block `index` of a head; those of the second image follow the first's.
    func block(head: Int, _ index: Int) -> AttentionBlock {
        let (image, channel) = (head / heads, head % heads * headChannels)
        let rows = index * blockRows..<min(queries, (index + 1) * blockRows)
        let values = (head % heads * queries + rows.lowerBound) * keys
        return AttentionBlock(
            image: image, rows: rows, atQuery: (image * queries + rows.lowerBound) * channels + channel,
            atKey: image * keys * channels + channel, atScore: image * heads * queries * keys + values,
            values: values..<values + rows.count * keys)
    }

    /// p [rows, N] = softmax(q · kᵀ / √D + bias).
    func probabilities(
        _ block: AttentionBlock, _ q: Tensor, _ k: Tensor, _ bias: Tensor?, into p: UnsafeMutablePointer<Float>
    ) {
        if let bias { copyBias(bias, block, to: p) }
        scores(block, q, k, scale, p, adding: bias != nil)
        pk_softmax_forward(p, block.rows.count, keys, p)
    }

    /// s [rows, N] = a [Q, D] · bᵀ [D, N] · factor, plus what is in s where `adding`.
    func scores(
        _ block: AttentionBlock, _ a: Tensor, _ b: Tensor, _ factor: Float, _ s: UnsafeMutablePointer<Float>,
        adding: Bool
    ) {
        gemm(
            transposeB: true, m: block.rows.count, n: keys, k: headChannels, alpha: factor, a: a.data + block.atQuery,
            lda: channels, b: b.data + block.atKey, ldb: channels, beta: adding ? 1 : 0, c: s, ldc: keys)
    }

    private func copyBias(_ bias: Tensor, _ block: AttentionBlock, to scores: UnsafeMutablePointer<Float>) {
        let size = queries * keys
        let image = bias.shape[0] == 1 ? 0 : block.image
        let head = bias.shape[1] == 1 ? 0 : block.values.lowerBound / size
        let first = (image * bias.shape[1] + head) * size + block.values.lowerBound % size
        scores.update(from: bias.data + first, count: block.values.count)
    }

    /// dS [B, heads, Q, N], summed over what shared the bias.
    func biasGradient(_ dScores: Tensor) -> Tensor {
        guard let biasShape, biasShape != dScores.shape else { return dScores }
        let groups = biasShape[0]
        let width = biasShape[1] * queries * keys
        return RowSums(groups: groups, rows: dScores.count / (groups * width), width: width, quantities: 1) {
            pk_add_column_sums(dScores.data + $0, $1, $2, width, $3)
        }.tensor(0, shape: biasShape)
    }

    /// The block's rows of y [Q, D] = p [rows, N] · b [N, D] · factor.
    func mixed(
        _ block: AttentionBlock, _ p: UnsafePointer<Float>, _ b: Tensor, _ factor: Float, _ y: Tensor
    ) {
        gemm(
            m: block.rows.count, n: headChannels, k: keys, alpha: factor, a: p, lda: keys, b: b.data + block.atKey,
            ldb: channels, c: y.data + block.atQuery, ldc: channels)
    }

    /// y [N, D] = pᵀ [N, rows] · a [rows, D] · factor, plus what is in y but for the first block.
    func gathered(
        _ block: AttentionBlock, _ p: UnsafePointer<Float>, _ a: Tensor, _ factor: Float, _ y: Tensor
    ) {
        gemm(
            transposeA: true, m: keys, n: headChannels, k: block.rows.count, alpha: factor, a: p, lda: keys,
            b: a.data + block.atQuery, ldb: channels, beta: block.rows.lowerBound > 0 ? 1 : 0,
            c: y.data + block.atKey, ldc: channels)
    }
}
