import Kernels

/// The transposed convolution of x [B, H, W, I] with weight [I, kh, kw, O], plus bias [O]: [B, H′,
/// W′, O].
///
/// Saves what `recordMap` says.
/// - dX: the convolution of dY with the same weight.
/// - dW: the weight gradient of that convolution, with dY as its input and x as its gradient.
/// - dbias: the column sums of dY.
///
/// With `fusion` it is the graph-free kernel, and the bias is in the epilogue.
package func transposedConvolution(
    _ x: Variable, weight: Variable, bias: Variable? = nil, _ geometry: ConvolutionGeometry, fusion: Fusion? = nil
) -> Variable {
    if let fusion {
        return Variable(
            convolveTransposed(
                x.value, weight: weight.value, geometry, epilogue: fusion.epilogue, into: fusion.into,
                kept: weight.packed))
    }
    let y = convolveTransposed(
        x.value, weight: weight.value, geometry, epilogue: Epilogue(shift: bias?.value), algorithm: .winograd2,
        kept: weight.packed)
    return recordMap(y, x, weight: weight, bias: bias) {
        convolve($0, weight: $1, geometry, algorithm: .winograd2)
    } dW: {
        convolutionWeightGradient($1, dY: $0, geometry)
    }
}
