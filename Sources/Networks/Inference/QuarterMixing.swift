import Annotations
import CKernels
import Kernels
import Tensors

/// Semantic inference where masks go from stride 4 to pixels in one step, the usual case: sixteen neighbouring pixels
/// are a vector, class scores stay in registers, and queries × pixels is never held.
///
/// Σ_q P(class | q) · sigmoid(mask q), masks bilinearly enlarged four times (maskformer_model.py semantic_inference).
package struct QuarterMixing {
    /// [h, Q, columns]: mask logits, of each query a row of columns; the first is repeated before it and the last
    /// behind it.
    private let logits: Tensor
    private let width: Int
    /// [Q, K].
    private let classProbabilities: Tensor

    /// Mask embeddings [Q, C], mask features [h, w, C], class probabilities [Q, K].
    package init(maskEmbedding: Tensor, features: Tensor, classProbabilities: Tensor) {
        let (height, channels, queries) = (features.shape[0], features.shape[2], maskEmbedding.shape[0])
        precondition(
            maskEmbedding.shape == [queries, channels] && classProbabilities.shape[0] == queries,
            "quarter mixing: \(maskEmbedding.shape), \(features.shape), \(classProbabilities.shape)")
        let width = features.shape[1]
        self.width = width
        self.classProbabilities = classProbabilities
        let stride = (1 + width + 16 + 15) / 16 * 16
        let logits = Tensor(uninitialized: [height, queries, stride])
        parallelFor(height) { y in
            let row = logits.data + y * queries * stride
            gemm(
                transposeB: true, m: queries, n: width, k: channels, a: maskEmbedding.data, lda: channels,
                b: features.data + y * width * channels, ldb: channels, c: row + 1, ldc: stride)
            for query in 0..<queries {
                let columns = row + query * stride
                columns[0] = columns[1]
                (columns + 1 + width).update(repeating: columns[width], count: stride - 1 - width)
            }
        }
        self.logits = logits
    }

    /// Labels, and where wanted scores, of the first pixels of both axes.
    package func labels(_ size: ImageSize, wantsScores: Bool) -> PixelScores.Result {
        let (height, width) = (size.height, size.width)
        precondition(
            height <= 4 * logits.shape[0] && width <= 4 * self.width,
            "quarter mixing: \(height)×\(width) of \(logits.shape)")
        let (queries, classes) = (logits.shape[1], classProbabilities.shape[1])
        let (stride, rowCount) = (logits.shape[2], queries * logits.shape[2])
        let rows = ResizeTaps(bilinear: logits.shape[0], to: 4 * logits.shape[0])
        let together = pk_mix_masks_together(classes)
        let scores = wantsScores ? Tensor(uninitialized: [classes, height, width]) : nil
        let labels = [UInt16](unsafeUninitializedCapacity: height * width) { buffer, count in
            count = height * width
            guard let labels = buffer.baseAddress else { return }
            parallelRows(height, grain: 4) { range in
                let row = Tensor(uninitialized: [rowCount])
                let probabilities = Tensor(uninitialized: [queries, 16])
                for y in range {
                    rows.combineRow(y, of: logits.data, rowCount: rowCount, into: row.data)
                    pk_mix_masks_row(
                        row.data + 1, stride, width, queries, classProbabilities.data, classes, together,
                        probabilities.data, labels + y * width, scores.map { $0.data + y * width }, height * width)
                }
                withExtendedLifetime((row, probabilities)) {}
            }
        }
        return PixelScores.Result(labels: labels, scores: scores)
    }
}
