// Masks as products of an embedding for each query and features for each pixel.
import Kernels
import Tensors

/// Rows of pixels that one thread multiplies at a time.
private let rowGrain = 512
/// Sums of which the gradient of the embeddings is made, added in order.
private let mostChunks = 16

/// maskEmbedding [B, Q, C], features [B, N, C] -> mask logits [B, N, Q].
package func maskProduct(maskEmbedding: Tensor, features: Tensor) -> Tensor {
    checkShapes(maskEmbedding, features)
    let (pixels, queries, channels) = (features.shape[1], maskEmbedding.shape[1], features.shape[2])
    let y = Tensor(uninitialized: [features.shape[0], pixels, queries])
    forEachTile(images: features.shape[0], pixels: pixels, grain: rowGrain) { image, rows in
        let first = image * pixels + rows.lowerBound
        gemm(
            transposeB: true, m: rows.count, n: queries, k: channels, a: features.data + first * channels,
            lda: channels, b: maskEmbedding.data + image * queries * channels, ldb: channels,
            c: y.data + first * queries, ldc: queries)
    }
    return y
}

/// maskEmbedding [B, Q, C], features [B, N, C] -> mask logits [B, N, Q]. Saves both where the other needs a
/// gradient.
package func maskProduct(maskEmbedding: Variable, features: Variable) -> Variable {
    let y = maskProduct(maskEmbedding: maskEmbedding.value, features: features.value)
    let savedEmbedding = features.needsGradient ? maskEmbedding.value : nil
    let savedFeatures = maskEmbedding.needsGradient ? features.value : nil
    return record(y, inputs: [maskEmbedding, features]) { dY in
        [
            savedFeatures.map { embeddingGradient(dY, features: $0) },
            savedEmbedding.map { featureGradient(dY, maskEmbedding: $0) },
        ]
    }
}

/// dE = dYᵀ · F: [B, N, Q], [B, N, C] -> [B, Q, C].
private func embeddingGradient(_ dY: Tensor, features: Tensor) -> Tensor {
    let (pixels, queries, channels) = (dY.shape[1], dY.shape[2], features.shape[2])
    let images = dY.shape[0]
    let grain = max(rowGrain, (pixels + mostChunks - 1) / mostChunks)
    let chunks = max(1, (pixels + grain - 1) / grain)
    let parts = Tensor(zeros: [images * chunks, queries, channels])
    forEachTile(images: images, pixels: pixels, grain: grain) { image, rows in
        let first = image * pixels + rows.lowerBound
        gemm(
            transposeA: true, m: queries, n: channels, k: rows.count, a: dY.data + first * queries,
            lda: queries, b: features.data + first * channels, ldb: channels,
            c: parts.data + (image * chunks + rows.lowerBound / grain) * queries * channels, ldc: channels)
    }
    let dE = Tensor(uninitialized: [images, queries, channels])
    let size = queries * channels
    parallelRows(images * size, grain: 4096) { range in
        for i in range {
            var sum: Float = 0
            let source = parts.data + i / size * chunks * size + i % size
            for chunk in 0..<chunks { sum += source[chunk * size] }
            dE.data[i] = sum
        }
    }
    return dE
}

/// dF = dY · E: [B, N, Q], [B, Q, C] -> [B, N, C].
private func featureGradient(_ dY: Tensor, maskEmbedding: Tensor) -> Tensor {
    let (pixels, queries, channels) = (dY.shape[1], dY.shape[2], maskEmbedding.shape[2])
    let dF = Tensor(uninitialized: [dY.shape[0], pixels, channels])
    forEachTile(images: dY.shape[0], pixels: pixels, grain: rowGrain) { image, rows in
        let first = image * pixels + rows.lowerBound
        gemm(
            m: rows.count, n: channels, k: queries, a: dY.data + first * queries, lda: queries,
            b: maskEmbedding.data + image * queries * channels, ldb: channels, c: dF.data + first * channels,
            ldc: channels)
    }
    return dF
}

private func forEachTile(images: Int, pixels: Int, grain: Int, _ body: (Int, Range<Int>) -> Void) {
    let chunks = (pixels + grain - 1) / grain
    parallelFor(images * chunks) { index in
        let first = index % chunks * grain
        body(index / chunks, first..<min(pixels, first + grain))
    }
}

private func checkShapes(_ maskEmbedding: Tensor, _ features: Tensor) {
    precondition(
        maskEmbedding.shape.count == 3 && features.shape.count == 3
            && maskEmbedding.shape[0] == features.shape[0] && maskEmbedding.shape[2] == features.shape[2],
        "maskProduct: embeddings \(maskEmbedding.shape), features \(features.shape)")
}
