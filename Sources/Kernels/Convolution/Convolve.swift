// Convolutions on tensors: no graph. Evaluation calls these with an epilogue, the ops call them with a bias
// or nothing.
import Tensors

/// The convolution of [B, H, W, I] with weight [O, kh, kw, I], then the epilogue: [B, H′, W′, O].
///
/// With `into` the result is written into channels `channelOffset…` of a wider tensor, which is returned:
/// so maps that are to be concatenated are written where they belong. With `channels` these channels of x alone
/// are the input: so they are read from there. `kept` holds what the weight was packed to before.
@discardableResult
package func convolve(
    _ x: Tensor, channels: Range<Int>? = nil, weight: Tensor, _ geometry: ConvolutionGeometry,
    epilogue: Epilogue = Epilogue(), algorithm: ConvolutionAlgorithm = .winograd4, into: ChannelSlice? = nil,
    kept: PackedWeights? = nil
) -> Tensor {
    let channels = channels ?? 0..<x.channels
    precondition(channels.upperBound <= x.channels, "convolve: channels \(channels) of \(x.shape)")
    checkConvolution("convolve", x.shape, channels: channels.count, weight: weight, geometry, axis: 3)
    let (height, width) = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    return ConvolutionForm.of(
        weight, geometry, transposing: false, epilogue.suitsWinograd ? algorithm : .direct,
        output: [x.shape[0], height, width], kept: kept
    ).run(x, firstChannel: channels.lowerBound, height: height, width: width, epilogue: epilogue, into: into)
}

/// The transposed convolution of [B, H, W, I] with weight [I, kh, kw, O], then the epilogue:
/// [B, H′, W′, O].
@discardableResult
package func convolveTransposed(
    _ x: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, epilogue: Epilogue = Epilogue(),
    algorithm: ConvolutionAlgorithm = .winograd4, into: ChannelSlice? = nil, kept: PackedWeights? = nil
) -> Tensor {
    checkConvolution("convolveTransposed", x.shape, channels: x.channels, weight: weight, geometry, axis: 0)
    let size = geometry.transposedOutputSize(height: x.shape[1], width: x.shape[2])
    return ConvolutionForm.of(
        weight, geometry, transposing: true, epilogue.suitsWinograd ? algorithm : .direct,
        output: [x.shape[0], size.height, size.width], kept: kept
    ).run(x, height: size.height, width: size.width, epilogue: epilogue, into: into)
}

/// dX [B, H, W, I] of a convolution from dY [B, H′, W′, O] and weight [O, kh, kw, I]; `inputShape`
/// is x's; plus a residual of x's shape.
package func convolutionDataGradient(
    _ dY: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, inputShape: [Int], residual: Tensor? = nil,
    algorithm: ConvolutionAlgorithm = .winograd2
) -> Tensor {
    checkConvolution("convolutionDataGradient", dY.shape, channels: dY.channels, weight: weight, geometry, axis: 0)
    return ConvolutionForm.of(weight, geometry, transposing: true, algorithm, output: inputShape, kept: nil)
        .run(dY, height: inputShape[1], width: inputShape[2], epilogue: Epilogue(residual: residual))
}

func checkConvolution(
    _ operation: String, _ input: [Int], channels: Int, weight: Tensor, _ geometry: ConvolutionGeometry, axis: Int
) {
    let shape = weight.shape
    precondition(
        input.count == 4 && shape.count == 4 && shape[1] == geometry.kernelHeight
            && shape[2] == geometry.kernelWidth && channels == shape[axis],
        "\(operation): \(channels) channels of input \(input), weight \(shape), \(geometry)")
}
