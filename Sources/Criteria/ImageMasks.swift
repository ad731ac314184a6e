import Kernels
import Tensors

/// The matched masks of one image, and the products that make their logits and take gradients back.
struct ImageMasks {
    /// How the logits of R masks at the HW pixels of the features lie.
    enum Layout {
        /// [R, HW]: each mask is a plane.
        case planes
        /// [HW, R], R rounded up to a multiple of so many; the logits of those that are too many are 0.
        case pixels(multipleOf: Int)
    }

    let image: Int
    /// Which rows of the losses.
    let rows: [Int]
    /// Their embeddings [R, C].
    private let embeddings: Tensor
    private let isTransposed: Bool

    /// The masks of `image` among `masks`; `embeddings` [B, Q, C] an output.
    init(_ image: Int, masks: [MatchedMask], embeddings: [Tensor], channels: Int, _ layout: Layout) {
        self.image = image
        rows = masks.indices.filter { masks[$0].image == image }
        switch layout {
        case .planes:
            isTransposed = false
            self.embeddings = Tensor(uninitialized: [rows.count, channels])
        case .pixels(let multiple):
            isTransposed = true
            self.embeddings = Tensor(zeros: [(rows.count + multiple - 1) / multiple * multiple, channels])
        }
        for (index, row) in rows.enumerated() {
            let source = embeddings[masks[row].output]
            let place = (image * source.shape[1] + masks[row].query) * channels
            (self.embeddings.data + index * channels).update(from: source.data + place, count: channels)
        }
    }

    /// R, as many as the layout has.
    var count: Int { embeddings.shape[0] }

    /// The logits: embeddings [R, C] · features of the image [HW, C]ᵀ, or the transpose of that.
    func logits(of features: Tensor) -> Tensor {
        let (area, channels) = (features.shape[1] * features.shape[2], features.channels)
        let logits = Tensor(uninitialized: isTransposed ? [area, count] : [count, area])
        let map = features.data + image * area * channels
        parallelRows(area, grain: 1024) { range in
            let part = map + range.lowerBound * channels
            if isTransposed {
                gemm(
                    transposeB: true, m: range.count, n: count, k: channels, a: part, lda: channels,
                    b: embeddings.data, ldb: channels, c: logits.data + range.lowerBound * count, ldc: count)
            } else {
                gemm(
                    transposeB: true, m: count, n: range.count, k: channels, a: embeddings.data, lda: channels,
                    b: part, ldb: channels, c: logits.data + range.lowerBound, ldc: area)
            }
        }
        return logits
    }

    /// dLogitsᵀ [HW, R] · embeddings [R, C] -> the image's part of dFeatures [B, H, W, C].
    func writeFeatureGradient(_ dLogits: Tensor, to dFeatures: Tensor) {
        let (area, channels) = (dFeatures.shape[1] * dFeatures.shape[2], dFeatures.channels)
        let target = dFeatures.data + image * area * channels
        parallelRows(area, grain: 512) { range in
            let part = target + range.lowerBound * channels
            guard !rows.isEmpty else { return part.update(repeating: 0, count: range.count * channels) }
            gemm(
                transposeA: !isTransposed, m: range.count, n: channels, k: count,
                a: dLogits.data + range.lowerBound * (isTransposed ? count : 1), lda: dLogits.channels,
                b: embeddings.data, ldb: channels, c: part, ldc: channels)
        }
    }

    /// dLogits [R, HW] · features of the image [HW, C] -> [R, C].
    func embeddingGradient(_ dLogits: Tensor, features: Tensor) -> Tensor {
        let (area, channels) = (features.shape[1] * features.shape[2], features.channels)
        let result = Tensor(uninitialized: [count, channels])
        let map = features.data + image * area * channels
        parallelRows(channels, grain: 64) { range in
            gemm(
                transposeA: isTransposed, m: count, n: range.count, k: area, a: dLogits.data, lda: dLogits.channels,
                b: map + range.lowerBound, ldb: channels, c: result.data + range.lowerBound, ldc: channels)
        }
        return result
    }
}
