import Kernels
import Tensors

/// Rows of pixels that one thread multiplies at a time.
private let rowGrain = 512
/// Rows of a gradient that one thread makes at a time.
private let gradientGrain = 64

/// Masks as products of an embedding for each query and features for each pixel:
/// maskEmbedding [B, Q, C], features [B, N, C] -> mask logits [B, N, Q].
package func maskProduct(maskEmbedding: Tensor, features: Tensor) -> Tensor {
    precondition(
        maskEmbedding.shape.count == 3 && features.shape.count == 3
            && maskEmbedding.shape[0] == features.shape[0] && maskEmbedding.shape[2] == features.shape[2],
        "maskProduct: embeddings \(maskEmbedding.shape), features \(features.shape)")
    let (pixels, queries, channels) = (features.shape[1], maskEmbedding.shape[1], features.shape[2])
    let y = Tensor(uninitialized: [features.shape[0], pixels, queries])
    let chunks = (pixels + rowGrain - 1) / rowGrain
    let matrices = (0..<features.shape[0]).map {
        PackedMatrix(maskEmbedding.item($0), outputs: queries, inputs: channels)
    }
    parallelFor(features.shape[0] * chunks) { index in
        let (image, start) = (index / chunks, index % chunks * rowGrain)
        let first = image * pixels + start
        matrices[image].multiply(
            features.data + first * channels, rows: min(rowGrain, pixels - start), into: y.data + first * queries,
            stride: queries)
    }
    withExtendedLifetime(features) {}
    return y
}

/// The same with gradients. Saves both inputs.
/// - dFeatures [B, N, C]: dY · maskEmbedding.
/// - dMaskEmbedding [B, Q, C]: dYᵀ · features.
package func maskProduct(maskEmbedding: Variable, features: Variable) -> Variable {
    let (embedding, map) = (maskEmbedding.value, features.value)
    let needs = (maskEmbedding.needsGradient, features.needsGradient)
    return record(maskProduct(maskEmbedding: embedding, features: map), inputs: [maskEmbedding, features]) { dY in
        let (pixels, queries, channels) = (dY.shape[1], dY.shape[2], map.shape[2])
        func product(_ rows: Int, _ body: (_ image: Int, _ rows: Range<Int>, UnsafeMutablePointer<Float>) -> Void)
            -> Tensor
        {
            let gradient = Tensor(uninitialized: [dY.shape[0], rows, channels])
            let chunks = (rows + gradientGrain - 1) / gradientGrain
            parallelFor(dY.shape[0] * chunks) { index in
                let (image, first) = (index / chunks, index % chunks * gradientGrain)
                body(
                    image, first..<min(rows, first + gradientGrain),
                    gradient.data + (image * rows + first) * channels)
            }
            return gradient
        }
        let dEmbedding =
            needs.0
            ? product(queries) { image, rows, target in
                gemm(
                    transposeA: true, m: rows.count, n: channels, k: pixels,
                    a: dY.data + image * pixels * queries + rows.lowerBound, lda: queries,
                    b: map.data + image * pixels * channels, ldb: channels, c: target, ldc: channels)
            } : nil
        let dFeatures =
            needs.1
            ? product(pixels) { image, rows, target in
                gemm(
                    m: rows.count, n: channels, k: queries,
                    a: dY.data + (image * pixels + rows.lowerBound) * queries, lda: queries,
                    b: embedding.data + image * queries * channels, ldb: channels, c: target, ldc: channels)
            } : nil
        return [dEmbedding, dFeatures]
    }
}
