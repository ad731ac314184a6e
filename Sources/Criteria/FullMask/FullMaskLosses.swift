import Annotations
import Autodiff
import CKernels
import Kernels
import Tensors

/// Focal and dice loss of each matched mask over all pixels of the canvas: -> [R, 2] (MaskFormer's criterion.py, before
/// the sum over masks and its division by their number).
///
/// With x the mask logits resized bilinearly to the canvas, t 1 on the mask's segment and else 0, s = sigmoid(x):
/// column 0 is the mean of α_t · (1 − p_t)² · −log p_t, p_t = t ? s : 1 − s, column 1 is 1 − (2 Σ s·t + 1) / (Σ s + Σ t
/// + 1). Saves the gradients of the three sums, each of the logits' size at the features, and two sums a mask: the
/// gradient is linear in the losses', and so is made with them, while a pixel's sigmoid is at hand. What is as large as
/// the canvas exists pixel by pixel.
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
    let result = Tensor(uninitialized: [masks.count, 2])
    // Of each mask: the numerator 2 Σ s·t + 1 and the denominator Σ s + Σ t + 1.
    var fractions = [(numerator: Double, denominator: Double)](repeating: (0, 1), count: masks.count)
    var gradients: [Tensor?] = []
    for (image, logits) in zip(products.images, products.logits) {
        let full = FullMasks(
            logits: logits, segments: image.rows.map { masks[$0].segment }, targets[image.image], rows, columns,
            alpha: alpha, bandRows: bandRows
        ).sums(withGradients: products.needsGradient)
        gradients.append(full.gradients)
        for (row, sums) in zip(image.rows, full.sums) {
            fractions[row] = (2 * sums.products + 1, sums.values + sums.area + 1)
            result.data[2 * row] = Float(sums.focal / Double(canvas.area))
            result.data[2 * row + 1] = Float(1 - fractions[row].numerator / fractions[row].denominator)
        }
    }
    return products.record(result) { [fractions, gradients] dY, image in
        let factors = image.rows.map { row in
            // ∂dice/∂s = −2t / denominator + numerator / denominator²
            let (numerator, denominator) = fractions[row]
            let dDice = Double(dY.data[2 * row + 1])
            return [
                dY.data[2 * row] / Float(canvas.area), Float(-2 * dDice / denominator),
                Float(dDice * numerator / (denominator * denominator)),
            ]
        }
        guard let gradients = gradients[image.image] else { preconditionFailure("fullMaskLosses: no gradients") }
        return combined(gradients, factors)
    }
}

/// Σ factor · map over the three maps of `gradients` [3, hw, R], by the factors of each of the first masks: [hw, R].
private func combined(_ gradients: Tensor, _ factors: [[Float]]) -> Tensor {
    let (pixels, masks) = (gradients.shape[1], gradients.shape[2])
    let result = Tensor(uninitialized: [pixels, masks])
    let weights = Tensor(zeros: [3, masks])
    for (mask, factors) in factors.enumerated() {
        for (map, factor) in factors.enumerated() { weights.data[map * masks + mask] = factor }
    }
    let (focal, products, values) = (weights.data, weights.data + masks, weights.data + 2 * masks)
    parallelRows(pixels, grain: 64) { range in
        for pixel in range {
            let target = result.data + pixel * masks
            let first = gradients.data + pixel * masks
            let (second, third) = (first + pixels * masks, first + 2 * pixels * masks)
            for mask in 0..<masks {
                target[mask] = focal[mask] * first[mask] + products[mask] * second[mask] + values[mask] * third[mask]
            }
        }
    }
    withExtendedLifetime(weights) {}
    return result
}
