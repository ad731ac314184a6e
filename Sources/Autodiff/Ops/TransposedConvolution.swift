import Kernels
import Tensors

/// The transposed convolution of x [B, H, W, I] with weight [I, kh, kw, O / groups], plus bias [O]: [B, H′,
/// W′, O].
///
/// Saves x where the weight needs a gradient, and the weight where x does.
/// - dX: the convolution of dY with the same weight.
/// - dW: the weight gradient of that convolution, with dY as its input and x as its gradient.
/// - dbias: the column sums of dY.
package func transposedConvolution(
    _ x: Variable, weight: Variable, bias: Variable? = nil, _ geometry: ConvolutionGeometry
) -> Variable {
    let y = convolveTransposed(
        x.value, weight: weight.value, geometry, epilogue: Epilogue(shift: bias?.value))
    let savedX = weight.needsGradient ? x.value : nil
    let savedWeight = x.needsGradient ? weight.value : nil
    let biasNeedsGradient = bias?.needsGradient ?? false
    return record(y, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { dY in
        let dX = savedWeight.map { convolve(dY, weight: $0, geometry, algorithm: .winograd2) }
        let dW = savedX.map { convolutionWeightGradient(dY, dY: $0, geometry) }
        return [dX, dW, biasNeedsGradient ? columnSums(dY) : nil]
    }
}
