import Annotations
import CKernels
import Kernels
import Tensors

/// Semantic inference where masks go from stride 4 to pixels in one step, the usual case: pixels are vectors, class
/// scores stay in registers, and queries × pixels is never held.
///
/// Σ_q P(class | q) · sigmoid(mask q), masks bilinearly enlarged four times (maskformer_model.py semantic_inference).
package struct QuarterMixing {
    private let embedding: PackedMatrix
    private let queries: Int
    /// [h, w, C].
    private let features: Tensor
    /// [Q, K].
    private let classProbabilities: Tensor

    /// Mask embeddings [Q, C], mask features [h, w, C], class probabilities [Q, K].
    package init(maskEmbedding: Tensor, features: Tensor, classProbabilities: Tensor) {
        let (queries, channels) = (maskEmbedding.shape[0], features.shape[2])
        precondition(
            maskEmbedding.shape == [queries, channels] && classProbabilities.shape[0] == queries,
            "quarter mixing: \(maskEmbedding.shape), \(features.shape), \(classProbabilities.shape)")
        embedding = PackedMatrix(maskEmbedding, outputs: queries, inputs: channels)
        (self.queries, self.features, self.classProbabilities) = (queries, features, classProbabilities)
    }

    /// Labels, and where wanted scores, of the first pixels of both axes.
    package func labels(_ size: ImageSize, wantsScores: Bool) -> PixelScores.Result {
        let (height, width, rows) = (size.height, size.width, features.shape[0])
        precondition(
            height <= 4 * rows && width <= 4 * features.shape[1],
            "quarter mixing: \(height)×\(width) of \(features.shape)")
        let classes = classProbabilities.shape[1]
        let axis = ResizeAxis(input: rows, output: 4 * rows)
        let scores = wantsScores ? Tensor(uninitialized: [classes, height, width]) : nil
        let labels = [UInt16](unsafeUninitializedCapacity: height * width) { buffer, count in
            count = height * width
            guard let labels = buffer.baseAddress else { return }
            // The row of masks between two bands is made twice.
            let bandRows = min(16, max(4, rows / 16))
            parallelFor((rows + bandRows - 1) / bandRows) { band in
                // The rows of pixels that lie behind the band's first row of masks and before the next one's.
                let (first, next) = (band * bandRows, (band + 1) * bandRows)
                let pixels = (band == 0 ? 0 : 4 * first + 2)..<(next < rows ? 4 * next + 2 : 4 * rows)
                let probabilities = Tensor(uninitialized: [queries, 64])
                var weights = mask_classes(
                    weights: classProbabilities.data, count: classes, together: pk_mix_masks_together(classes))
                var masks = MaskRows(self)
                for y in pixels.clamped(to: 0..<height) {
                    var rows = masks.around(y, axis)
                    pk_mix_masks_row(
                        &rows, &weights, width, probabilities.data, labels + y * width,
                        scores.map { $0.data + y * width }, height * width)
                }
                withExtendedLifetime((probabilities, masks)) {}
            }
        }
        return PixelScores.Result(labels: labels, scores: scores)
    }

    /// The two rows of mask logits around a row of pixels, while the row of pixels moves downward.
    private struct MaskRows {
        private let mixing: QuarterMixing
        private let stride: Int
        /// [w, padded Q]: the product.
        private let products: Tensor
        /// [2, Q by sixteen, stride]: row y at y mod 2.
        private let logits: Tensor
        private var held: [(row: Int, isBounded: Bool)] = [(-1, false), (-1, false)]

        init(_ mixing: QuarterMixing) {
            self.mixing = mixing
            let width = mixing.features.shape[1]
            stride = (1 + width + 16 + 15) / 16 * 16
            products = Tensor(uninitialized: [width * mixing.embedding.paddedOutputs + 16])
            logits = Tensor(uninitialized: [2, (mixing.queries + 15) / 16 * 16, stride])
        }

        mutating func around(_ y: Int, _ axis: ResizeAxis) -> mask_rows {
            let (above, below) = (Int(axis.view.lower[y]), Int(axis.view.upper[y]))
            let (aboveIsBounded, belowIsBounded) = (make(above), make(below))
            return mask_rows(
                above: logits.data + above % 2 * logits.shape[1] * stride,
                below: logits.data + below % 2 * logits.shape[1] * stride, weight: axis.view.weight[y],
                stride: stride, queries: mixing.queries, is_bounded: aboveIsBounded && belowIsBounded ? 1 : 0)
        }

        /// Whether the row, which is made unless it is held, is bounded.
        private mutating func make(_ row: Int) -> Bool {
            if held[row % 2].row != row {
                let (width, channels) = (mixing.features.shape[1], mixing.features.shape[2])
                mixing.embedding.multiplyPadded(
                    mixing.features.data + row * width * channels, rows: width, inputStride: channels,
                    into: products.data)
                held[row % 2] = (
                    row,
                    pk_mask_row(
                        products.data, mixing.embedding.paddedOutputs, width, mixing.queries,
                        logits.data + row % 2 * logits.shape[1] * stride, stride) != 0
                )
            }
            return held[row % 2].isBounded
        }
    }
}
