import Kernels
import Tensors

/// Rows of pixels that one thread multiplies at a time.
private let rowGrain = 512

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
    parallelFor(features.shape[0] * chunks) { index in
        let (image, start) = (index / chunks, index % chunks * rowGrain)
        let first = image * pixels + start
        gemm(
            transposeB: true, m: min(rowGrain, pixels - start), n: queries, k: channels,
            a: features.data + first * channels, lda: channels, b: maskEmbedding.data + image * queries * channels,
            ldb: channels, c: y.data + first * queries, ldc: queries)
    }
    return y
}
