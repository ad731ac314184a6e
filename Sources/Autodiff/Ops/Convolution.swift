import Kernels

/// The convolution of x [B, H, W, I] with weight [O, kh, kw, I], plus bias [O]: [B, H′, W′, O].
///
/// Saves what `recordMap` says.
/// - dX: the transposed convolution of dY (strides give sub-pixel phases).
/// - dW: the outer products of dY and the pixels under the window.
/// - dbias: the column sums of dY.
///
/// With `fusion` it is the graph-free kernel of evaluation, and the bias is in the epilogue.
package func convolution(
    _ x: Variable, weight: Variable, bias: Variable?, _ geometry: ConvolutionGeometry, fusion: Fusion? = nil
) -> Variable {
    if let fusion {
        return Variable(
            convolve(
                x.value, channels: fusion.channels, weight: weight.value, geometry, epilogue: fusion.epilogue,
                into: fusion.into, kept: weight.packed))
    }
    let y = convolve(
        x.value, weight: weight.value, geometry, epilogue: Epilogue(shift: bias?.value), algorithm: .winograd2,
        kept: weight.packed)
    let inputShape = x.shape
    return recordMap(y, x, weight: weight, bias: bias) {
        convolutionDataGradient($0, weight: $1, geometry, inputShape: inputShape)
    } adding: {
        convolutionDataGradient($0, weight: $1, geometry, inputShape: inputShape, residual: $2)
    } dW: {
        convolutionWeightGradient($0, dY: $1, geometry)
    }
}
