import CKernels
import Glibc
import Kernels
import Tensors

/// Scaled dot-product attention (Vaswani et al., section 3.2), without projections: queries [B, Q, C], keys
/// and values [B, N, C] -> [B, Q, C], where head h reads and writes channels h·D ..< (h+1)·D, D = C / heads.
///
/// Each head is P = softmax(q · kᵀ / √D + bias), y = (P ∘ F) · v, with a bias [B or 1, heads or 1, Q, N] where one is
/// given: −∞ masks a position; no row may be masked whole. The factors F [B, heads, Q, N] are those of a dropout, 1
/// where none is given. Saves the three inputs, P and P ∘ F [B, heads, Q, N].
/// With dP = dY · vᵀ ∘ F and dS = P · (dP − Σ dP · P): dq = dS · k / √D; dk = dSᵀ · q / √D; dv = (P ∘ F)ᵀ · dY;
/// dbias = dS, summed over the images or heads that shared it.
package func attention(
    _ queries: Variable, _ keys: Variable, _ values: Variable, heads: Int, bias: Variable? = nil,
    dropout factors: Tensor? = nil
) -> Variable {
    let sizes = AttentionSizes(queries.shape, keys.shape, values.shape, heads: heads, bias: bias?.shape)
    let (q, k, v) = (queries.value, keys.value, values.value)
    let probabilities = Tensor(uninitialized: [sizes.batch, heads, sizes.queries, sizes.keys])
    let kept = factors == nil ? probabilities : Tensor(uninitialized: probabilities.shape)
    precondition((factors ?? kept).shape == kept.shape, "attention: dropout for \(kept.shape)")
    let y = Tensor(uninitialized: queries.shape)
    sizes.forEachHead { atQuery, atKey, atProbability in
        let p = probabilities.data + atProbability
        if let bias { sizes.copyBias(bias.value, to: p, atProbability) }
        sizes.scores(q.data + atQuery, k.data + atKey, sizes.scale, p, adding: bias != nil)
        pk_softmax_forward(p, sizes.queries, sizes.keys, p)
        if let factors { sizes.multiply(p, factors.data + atProbability, kept.data + atProbability) }
        sizes.mixed(kept.data + atProbability, v.data + atKey, 1, y.data + atQuery)
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
        let dScores = Tensor(uninitialized: probabilities.shape)
        sizes.forEachHead { atQuery, atKey, atProbability in
            let (p, dS) = (probabilities.data + atProbability, dScores.data + atProbability)
            if let dV { sizes.gathered(kept.data + atProbability, dY.data + atQuery, 1, dV.data + atKey) }
            guard dQ != nil || dK != nil || needsBias else { return }
            sizes.scores(dY.data + atQuery, v.data + atKey, 1, dS, adding: false)
            if let factors { sizes.multiply(dS, factors.data + atProbability, dS) }
            pk_softmax_backward(p, dS, sizes.queries, sizes.keys, dS)
            if let dQ { sizes.mixed(dS, k.data + atKey, sizes.scale, dQ.data + atQuery) }
            if let dK { sizes.gathered(dS, q.data + atQuery, sizes.scale, dK.data + atKey) }
        }
        return [dQ, dK, dV, needsBias ? sharedGradient(images, [dScores]) { sizes.biasGradient($0[0]) } : nil]
    }
}

/// The sizes of an attention, and its three matrix products for one head.
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

    /// Calls `body` with where each image's head starts among queries, keys and probabilities.
    func forEachHead(_ body: (_ atQuery: Int, _ atKey: Int, _ atProbability: Int) -> Void) {
        parallelFor(batch * heads) { index in
            let (image, channel) = (index / heads, index % heads * headChannels)
            body(image * queries * channels + channel, image * keys * channels + channel, index * queries * keys)
        }
    }

    /// s [Q, N] = a [Q, D] · bᵀ [D, N] · factor, plus what is in s where `adding`.
    func scores(
        _ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ factor: Float, _ s: UnsafeMutablePointer<Float>,
        adding: Bool
    ) {
        gemm(
            transposeB: true, m: queries, n: keys, k: headChannels, alpha: factor, a: a, lda: channels, b: b,
            ldb: channels, beta: adding ? 1 : 0, c: s, ldc: keys)
    }

    /// The bias of the head whose probabilities start at `atProbability`, [Q, N].
    func copyBias(_ bias: Tensor, to scores: UnsafeMutablePointer<Float>, _ atProbability: Int) {
        let (size, index) = (queries * keys, atProbability / (queries * keys))
        let image = bias.shape[0] == 1 ? 0 : index / heads
        let head = bias.shape[1] == 1 ? 0 : index % heads
        scores.update(from: bias.data + (image * bias.shape[1] + head) * size, count: size)
    }

    /// The product of two matrices [Q, N], value by value; `y` may be `a`.
    func multiply(_ a: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ y: UnsafeMutablePointer<Float>) {
        for index in 0..<queries * keys { y[index] = a[index] * b[index] }
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

    /// y [Q, D] = p [Q, N] · b [N, D] · factor.
    func mixed(
        _ p: UnsafePointer<Float>, _ b: UnsafePointer<Float>, _ factor: Float, _ y: UnsafeMutablePointer<Float>
    ) {
        gemm(
            m: queries, n: headChannels, k: keys, alpha: factor, a: p, lda: keys, b: b, ldb: channels, c: y,
            ldc: channels)
    }

    /// y [N, D] = pᵀ [N, Q] · a [Q, D] · factor.
    func gathered(
        _ p: UnsafePointer<Float>, _ a: UnsafePointer<Float>, _ factor: Float, _ y: UnsafeMutablePointer<Float>
    ) {
        gemm(
            transposeA: true, m: keys, n: headChannels, k: queries, alpha: factor, a: p, lda: keys, b: a,
            ldb: channels, c: y, ldc: channels)
    }
}
