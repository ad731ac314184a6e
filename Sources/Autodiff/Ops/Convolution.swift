import Kernels
import Tensors

/// The convolution of x [B, H, W, I] with weight [O, kh, kw, I / groups], plus bias [O]: [B, H′, W′, O].
///
/// Saves x where the weight needs a gradient, and the weight where x does.
/// - dX: the transposed convolution of dY (strides give sub-pixel phases).
/// - dW: the outer products of dY and the pixels under the window.
/// - dbias: the column sums of dY.
package func convolution(
    _ x: Variable, weight: Variable, bias: Variable?, _ geometry: ConvolutionGeometry
) -> Variable {
    let y = convolve(
        x.value, weight: weight.value, geometry, epilogue: Epilogue(shift: bias?.value),
        algorithm: .winograd2)
    let inputShape = x.shape
    let savedX = weight.needsGradient ? x.value : nil
    let savedWeight = x.needsGradient ? weight.value : nil
    let biasNeedsGradient = bias?.needsGradient ?? false
    return record(y, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { dY in
        let dX = savedWeight.map {
            convolutionDataGradient(dY, weight: $0, geometry, inputShape: inputShape)
        }
        let dW = savedX.map { convolutionWeightGradient($0, dY: dY, geometry) }
        return [dX, dW, biasNeedsGradient ? columnSums(dY) : nil]
    }
}
