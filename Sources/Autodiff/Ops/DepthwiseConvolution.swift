import Kernels
import Tensors

/// The depthwise convolution of x [B, H, W, C] with one filter a channel, weight [kh, kw, C], plus bias
/// [C]: [B, H′, W′, C].
///
/// Saves x where the weight needs a gradient, and the weight where x does.
/// - dX: each input pixel gathers from the outputs whose window held it.
/// - dW: Σ over output pixels of dY times the input under the tap.
/// - dbias: the column sums of dY.
package func depthwiseConvolution(
    _ x: Variable, weight: Variable, bias: Variable?, _ geometry: ConvolutionGeometry
) -> Variable {
    let y = convolveDepthwise(
        x.value, weight: weight.value, geometry, epilogue: Epilogue(shift: bias?.value))
    let inputShape = x.shape
    let savedX = weight.needsGradient ? x.value : nil
    let savedWeight = x.needsGradient ? weight.value : nil
    let biasNeedsGradient = bias?.needsGradient ?? false
    return record(y, inputs: [x, weight] + (bias.map { [$0] } ?? [])) { dY in
        let dX = savedWeight.map { depthwiseDataGradient(dY, weight: $0, geometry, inputShape: inputShape) }
        let dW = savedX.map { depthwiseWeightGradient($0, dY: dY, geometry) }
        return [dX, dW, biasNeedsGradient ? columnSums(dY) : nil]
    }
}
