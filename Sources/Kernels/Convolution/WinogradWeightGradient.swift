import CKernels
import Tensors

/// Fewest tiles that pay for the transforms of the sums, and that are worth sums of their own.
private let (fewestTiles, slotTiles) = (16, 64)
/// Output channels whose transforms are held at once.
private let mostOutputs = 128
/// Rows of the points of a tile.
private let pointRows = 4

/// dW [O, 3, 3, I] of a 3×3 convolution of stride 1 by the derivative of F(2×2, 3×3); nil where it does not apply, or
/// does not pay.
///
/// Error against Double (RMS, relative, 512 … 65536 pixels): 3–4·10⁻⁷, that of direct sums 2–6·10⁻⁷.
func winogradWeightGradient(_ x: Tensor, dY: Tensor, _ geometry: ConvolutionGeometry) -> Tensor? {
    let (inputs, outputs) = (x.channels, dY.channels)
    let tiles = dY.shape[0] * ((dY.shape[1] + 1) / 2) * ((dY.shape[2] + 1) / 2)
    guard geometry.kernelHeight == 3, geometry.kernelWidth == 3, geometry.stride == 1, geometry.dilation == 1,
        inputs % 16 == 0, outputs % 16 == 0, tiles >= fewestTiles
    else { return nil }
    let dW = Tensor(uninitialized: [outputs, 3, 3, inputs])
    let zeros = Tensor(zeros: [max(inputs, outputs)])
    let pass = winograd_gradient(
        input: x.data, input_height: x.shape[1], input_width: x.shape[2], channels: inputs, gradient: dY.data,
        height: dY.shape[1], width: dY.shape[2], output_channels: outputs,
        padding: geometry.padding, zeros: zeros.data)
    let count = pk_winograd_gradient_sum_count(inputs, outputs)
    let parts = WeightGradientParts(
        rows: tiles, fewest: slotTiles, sums: count, channels: outputs, most: mostOutputs, cuts: pointRows)
    let sums = Tensor(uninitialized: [parts.slots, count])
    parallelFor(parts.slots * parts.cuts * parts.groups) { index in
        let outputs = parts.group(index % parts.groups)
        let (slot, cut) = (index / parts.groups).quotientAndRemainder(dividingBy: parts.cuts)
        let (tiles, rows) = (parts.rows(slot), pointRows / parts.cuts)
        let scratch = Tensor(uninitialized: [pk_winograd_gradient_scratch_count(inputs, outputs.count)])
        var pass = pass
        pk_winograd_gradient_run(
            &pass, tiles.lowerBound, tiles.upperBound, cut * rows, (cut + 1) * rows, outputs.lowerBound,
            outputs.upperBound, sums.data + slot * count, scratch.data)
        withExtendedLifetime(scratch) {}
    }
    parallelRows(outputs, grain: 4) { range in
        pk_winograd_gradient_finish(
            sums.data, parts.slots, count, inputs, outputs, range.lowerBound, range.upperBound, dW.data)
    }
    withExtendedLifetime((x, dY, zeros, sums)) {}
    return dW
}
