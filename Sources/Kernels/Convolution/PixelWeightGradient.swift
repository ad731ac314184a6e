import CKernels
import Tensors

/// Pixels that are worth sums of their own.
private let fewestPixels = 256

/// dW [O, 1, 1, I] of a 1×1 convolution of any stride, without padding.
func pixelWeightGradient(_ x: Tensor, dY: Tensor, stride: Int) -> Tensor {
    let (inputs, outputs) = (x.channels, dY.channels)
    let dW = Tensor(uninitialized: [outputs, 1, 1, inputs])
    let pass = pixel_gradient(
        input: x.data, input_height: x.shape[1], input_width: x.shape[2], channels: inputs, gradient: dY.data,
        height: dY.shape[1], width: dY.shape[2], output_channels: outputs, stride: stride)
    let count = pk_pixel_gradient_sum_count(inputs, outputs)
    // The wider side is cut: each part reads the whole other one.
    let cutsInputs = inputs >= outputs
    let parts = WeightGradientParts(
        rows: dY.rows, fewest: fewestPixels, sums: count, channels: max(inputs, outputs))
    let sums = Tensor(uninitialized: [parts.slots, count])
    parallelFor(parts.slots * parts.groups) { index in
        let (slot, group) = (index / parts.groups, parts.group(index % parts.groups))
        let pixels = parts.rows(slot)
        let channels = cutsInputs ? group : 0..<inputs
        let outputs = cutsInputs ? 0..<outputs : group
        let scratch = Tensor(uninitialized: [pk_pixel_gradient_scratch_count(channels.count, outputs.count)])
        var pass = pass
        var part = pixel_gradient_part(
            first_channel: channels.lowerBound, last_channel: channels.upperBound, first_output: outputs.lowerBound,
            last_output: outputs.upperBound)
        pk_pixel_gradient_run(
            &pass, pixels.lowerBound, pixels.upperBound, &part, sums.data + slot * count, scratch.data)
        withExtendedLifetime(scratch) {}
    }
    parallelRows(outputs, grain: 16) { range in
        pk_pixel_gradient_finish(
            sums.data, parts.slots, count, inputs, outputs, range.lowerBound, range.upperBound, dW.data)
    }
    withExtendedLifetime((x, dY, sums)) {}
    return dW
}
