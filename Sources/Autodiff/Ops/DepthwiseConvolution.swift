import Kernels

/// The depthwise convolution of x [B, H, W, C] with one filter a channel, weight [kh, kw, C], plus bias
/// [C]: [B, H′, W′, C].
///
/// Saves what `recordMap` says.
/// - dX: each input pixel gathers from the outputs whose window held it.
/// - dW: Σ over output pixels of dY times the input under the tap.
/// - dbias: the column sums of dY.
///
/// With `fusion` it is the graph-free kernel, the bias is in the epilogue, and all channels are read.
package func depthwiseConvolution(
    _ x: Variable, weight: Variable, bias: Variable?, _ geometry: ConvolutionGeometry, fusion: Fusion? = nil
) -> Variable {
    if let fusion {
        precondition(fusion.channels == nil, "a depthwise convolution reads all channels")
        return Variable(
            convolveDepthwise(x.value, weight: weight.value, geometry, epilogue: fusion.epilogue, into: fusion.into))
    }
    let y = convolveDepthwise(x.value, weight: weight.value, geometry, epilogue: Epilogue(shift: bias?.value))
    let inputShape = x.shape
    return recordMap(y, x, weight: weight, bias: bias) {
        depthwiseDataGradient($0, weight: $1, geometry, inputShape: inputShape)
    } dW: {
        depthwiseWeightGradient($0, dY: $1, geometry)
    }
}
