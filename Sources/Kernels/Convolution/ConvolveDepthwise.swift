import CKernels
import Tensors

/// Values of work that are worth handing to a thread.
private let depthwiseGrain = 1 << 15
private let weightGradientSlots = 16

/// The depthwise convolution of [B, H, W, C] with weight [kh, kw, C], then the epilogue: [B, H′, W′, C].
///
/// With `into` the result is written into channels `channelOffset…` of a wider tensor, which is returned.
@discardableResult
package func convolveDepthwise(
    _ x: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, epilogue: Epilogue = Epilogue(),
    into: ChannelSlice? = nil
) -> Tensor {
    let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    let shape = [x.shape[0], size.height, size.width, x.shape[3]]
    let sizes = depthwiseShape("convolveDepthwise", input: x.shape, output: shape, weight: weight.shape, geometry)
    epilogue.check("convolveDepthwise", outputShape: shape)
    let destination = Destination(shape: shape, into: into)
    let kernelEpilogue = epilogue.kernelView(to: destination)
    let grain = lineGrain(width: size.width, channels: x.shape[3])
    parallelRows(shape[0] * shape[1], grain: grain) { lines in
        var (sizes, kernelEpilogue) = (sizes, kernelEpilogue)
        pk_depthwise_forward(
            &sizes, x.data, weight.data, lines.lowerBound, lines.upperBound, 0, size.width, &kernelEpilogue,
            destination.start + lines.lowerBound * size.width * destination.stride, destination.stride)
    }
    withExtendedLifetime(epilogue) {}
    return destination.tensor
}

/// dX [B, H, W, C] of a depthwise convolution; `inputShape` is x's.
package func depthwiseDataGradient(
    _ dY: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, inputShape: [Int]
) -> Tensor {
    let sizes = depthwiseShape(
        "depthwiseDataGradient", input: inputShape, output: dY.shape, weight: weight.shape, geometry)
    let dX = Tensor(uninitialized: inputShape)
    let grain = lineGrain(width: inputShape[2], channels: inputShape[3])
    parallelRows(inputShape[0] * inputShape[1], grain: grain) { lines in
        var sizes = sizes
        pk_depthwise_data_gradient(&sizes, dY.data, weight.data, lines.lowerBound, lines.upperBound, dX.data)
    }
    return dX
}

/// dW [kh, kw, C] of a depthwise convolution: fixed ranges of lines are summed apart and added in order.
package func depthwiseWeightGradient(_ x: Tensor, dY: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    let shape = [geometry.kernelHeight, geometry.kernelWidth, x.shape[3]]
    let sizes = depthwiseShape("depthwiseWeightGradient", input: x.shape, output: dY.shape, weight: shape, geometry)
    let lines = dY.shape[0] * dY.shape[1]
    let slots = max(1, min(weightGradientSlots, lines))
    let dW = Tensor(uninitialized: shape)
    let sums = Tensor(zeros: [slots, dW.count])
    parallelFor(slots) { slot in
        var sizes = sizes
        pk_depthwise_weight_gradient(
            &sizes, x.data, dY.data, slot * lines / slots, (slot + 1) * lines / slots, sums.data + slot * dW.count)
    }
    pk_column_sums(sums.data, slots, dW.count, dW.count, dW.data)
    withExtendedLifetime(sums) {}
    return dW
}

private func lineGrain(width: Int, channels: Int) -> Int {
    max(1, depthwiseGrain / max(1, width * channels))
}

func depthwiseShape(
    _ operation: String, input: [Int], output: [Int], weight: [Int], _ geometry: ConvolutionGeometry
) -> depthwise_shape {
    precondition(
        input.count == 4 && weight == [geometry.kernelHeight, geometry.kernelWidth, input[3]]
            && output.count == 4 && output[0] == input[0] && output[3] == input[3]
            && geometry.outputSize(height: input[1], width: input[2]) == (output[1], output[2]),
        "\(operation): input \(input), output \(output), weight \(weight), \(geometry)")
    return depthwise_shape(
        images: input[0], input_height: input[1], input_width: input[2], height: output[1], width: output[2],
        channels: input[3], kernel_height: geometry.kernelHeight, kernel_width: geometry.kernelWidth,
        stride_rows: geometry.stride, stride_columns: geometry.stride, padding_rows: geometry.padding,
        padding_columns: geometry.padding, dilation_rows: geometry.dilation, dilation_columns: geometry.dilation)
}
