import Annotations
import Autodiff
import CKernels
import Kernels
import Tensors

/// Focal and dice loss of each matched mask over all pixels of the canvas: -> [R, 2] (MaskFormer's criterion.py, before
/// the sum over masks and its division by their number).
///
/// With x the mask logits resized bilinearly to the canvas, t 1 on the mask's segment and else 0, s = sigmoid(x):
/// column 0 is the mean of α_t · (1 − p_t)² · −log p_t, p_t = t ? s : 1 − s, column 1 is
/// 1 − (2 Σ s·t + 1) / (Σ s + Σ t + 1). Saves the mask logits at the size of the features and two sums a mask; what is
/// as large as the canvas is made pixel by pixel, once for the sums and again for the gradients.
///
/// - Parameters:
///   - features: [B, h, w, C]; embeddings: [B, Q, C] an output.
///   - targets: of each image, at the upper left of the canvas.
///   - alpha: the focal loss's, α_t = t ? alpha : 1 − alpha.
///   - bandRows: how many rows of the features one task takes; it changes no bit.
package func fullMaskLosses(
    features: Variable, embeddings: [Variable], masks: [MatchedMask], targets: [MaskTargets], canvas: ImageSize,
    alpha: Float, bandRows: Int = 16
) -> Variable {
    let products = MatchedProducts(
        features: features, embeddings: embeddings, masks: masks, .pixels(multipleOf: FullMasks.lanes))
    precondition(
        canvas.height >= features.shape[1] && canvas.width >= features.shape[2],
        "fullMaskLosses: features \(features.shape) for a canvas of \(canvas)")
    let (rows, columns) = (
        ResizeAxis(input: features.shape[1], output: canvas.height),
        ResizeAxis(input: features.shape[2], output: canvas.width)
    )
    let images = zip(products.images, products.logits).map { image, logits in
        FullMasks(
            logits: logits, segments: image.rows.map { masks[$0].segment }, targets[image.image], rows, columns,
            alpha: alpha, bandRows: bandRows)
    }
    let result = Tensor(uninitialized: [masks.count, 2])
    // Of each mask: the numerator 2 Σ s·t + 1 and the denominator Σ s + Σ t + 1.
    var fractions = [(numerator: Double, denominator: Double)](repeating: (0, 1), count: masks.count)
    for (image, full) in zip(products.images, images) {
        for (row, sums) in zip(image.rows, full.sums()) {
            fractions[row] = (2 * sums.products + 1, sums.values + sums.area + 1)
            result.data[2 * row] = Float(sums.focal / Double(canvas.area))
            result.data[2 * row + 1] = Float(1 - fractions[row].numerator / fractions[row].denominator)
        }
    }
    return products.record(result) { [fractions] dY, image in
        images[image.image].gradient(
            image.rows.map { row in
                // ∂dice/∂s = −2t / denominator + numerator / denominator²
                let (numerator, denominator) = fractions[row]
                let dDice = Double(dY.data[2 * row + 1])
                return [
                    dY.data[2 * row] / Float(canvas.area), Float(-2 * dDice / denominator),
                    Float(dDice * numerator / (denominator * denominator)),
                ]
            })
    }
}
