import CKernels
import Tensors

/// Values of a map that are worth handing to a thread.
private let bandValues = 1 << 15

/// The depthwise convolution of [B, H, W, C] with weight [kh, kw, C] and its epilogue, then `steps` on the rows of the
/// result, of which the last linear map adds `residual`: [B, H′, W′, O].
///
/// A few lines at a time pass all of it while they are in the cache: the convolution's map is never whole.
package func streamDepthwise(
    _ x: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, epilogue: Epilogue, through steps: [RowStep],
    residual: Tensor?
) -> Tensor {
    let channels = x.channels
    let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    let shape = [x.shape[0], size.height, size.width, channels]
    let sizes = depthwiseShape("streamDepthwise", input: x.shape, output: shape, weight: weight.shape, geometry)
    let steps = RowSteps(steps, inputs: channels)
    let destination = Destination(shape: shape.dropLast() + [steps.outputs], into: nil)
    precondition(
        epilogue.residual == nil && residual.map { $0.shape == destination.tensor.shape } ?? true,
        "streamDepthwise: result \(destination.tensor.shape), residual \(residual?.shape ?? [])")
    epilogue.check("streamDepthwise", outputShape: shape)
    let kernelEpilogue = epilogue.kernelView()
    parallelRows(shape[0] * shape[1], grain: max(1, bandValues / max(1, size.width * channels))) { lines in
        var (sizes, kernelEpilogue) = (sizes, kernelEpilogue)
        let (first, rows) = (lines.lowerBound * size.width * steps.outputs, lines.count * size.width)
        let band = Tensor(uninitialized: [rows, channels])
        pk_depthwise_forward(
            &sizes, x.data, weight.data, lines.lowerBound, lines.upperBound, 0, size.width, &kernelEpilogue, band.data,
            channels)
        steps(
            band.data, rows: rows, residual: residual.map { UnsafePointer($0.data + first) },
            streams: destination.streams, into: destination.start + first)
        withExtendedLifetime(band) {}
    }
    withExtendedLifetime((x, weight, epilogue, residual)) {}
    return destination.tensor
}
