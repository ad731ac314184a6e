// dW of a convolution: fixed ranges of lines are summed apart, and the ranges are added in order.
import CKernels
import Tensors

/// Bytes of input and dY that a pass over the taps should find in the second-level cache.
private let cacheBudget = 384 << 10
private let wantedPieces = 16
private let mostSlots = 8

/// dW [O, kh, kw, I / groups] from x [B, H, W, I] and dY [B, H′, W′, O].
///
/// For a transposed convolution the roles of x and dY are exchanged.
package func convolutionWeightGradient(_ x: Tensor, dY: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    let groups = geometry.groups
    let (inputs, outputs) = (x.shape[3] / groups, dY.shape[3] / groups)
    let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    precondition(
        x.shape[0] == dY.shape[0] && size == (dY.shape[1], dY.shape[2]),
        "convolutionWeightGradient: input \(x.shape), dY \(dY.shape), \(geometry)")
    let dW = Tensor(uninitialized: [dY.shape[3], geometry.kernelHeight, geometry.kernelWidth, inputs])
    let rows = geometry.tapOffsets(kernel: geometry.kernelHeight)
    let columns = geometry.tapOffsets(kernel: geometry.kernelWidth)
    rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
            for group in 0..<groups {
                let part = convolution_weight_gradient(
                    input: x.data + group * inputs, input_height: x.shape[1], input_width: x.shape[2],
                    input_stride: x.shape[3], channels: inputs, gradient: dY.data + group * outputs,
                    height: dY.shape[1], width: dY.shape[2], gradient_stride: dY.shape[3], output_channels: outputs,
                    stride: geometry.stride, tap_row_count: rows.count, tap_column_count: columns.count,
                    tap_rows: rows.baseAddress, tap_columns: columns.baseAddress)
                let depth = geometry.taps * inputs
                sum(part, lines: dY.shape[0] * dY.shape[1], depth: depth, to: dW.data + group * outputs * depth)
            }
        }
    }
    withExtendedLifetime((x, dY)) {}
    return dW
}

private func sum(
    _ part: convolution_weight_gradient, lines: Int, depth: Int, to dW: UnsafeMutablePointer<Float>
) {
    let panels = panelCount(part.output_channels)
    let lineBytes = 4 * part.width * (convolution_panel_width() + part.channels * part.stride)
    let chunk = max(1, min(lines, cacheBudget / lineBytes))
    let slots = max(1, min(mostSlots, (lines + chunk - 1) / chunk, (wantedPieces + panels - 1) / panels))
    let slotStride = convolution_packed_count(part.output_channels, depth)
    let sums = Tensor(zeros: [slots, slotStride])
    parallelFor(slots * panels) { index in
        var part = part
        let (slot, panel) = (index / panels, index % panels)
        let target = sums.data + slot * slotStride + panel * convolution_panel_width() * depth
        let end = (slot + 1) * lines / slots
        let scratch = convolution_gradient_scratch_count(chunk, part.width)
        withUnsafeTemporaryAllocation(of: Float.self, capacity: scratch) { scratch in
            withUnsafeTemporaryAllocation(
                of: UnsafePointer<Float>?.self, capacity: convolution_gradient_table_count(chunk)
            ) { table in
                for line in stride(from: slot * lines / slots, to: end, by: chunk) {
                    convolution_weight_gradient_run(
                        &part, panel, line, min(end, line + chunk), target, scratch.baseAddress, table.baseAddress)
                }
            }
        }
    }
    parallelFor(panels) { panel in
        convolution_weight_gradient_finish(
            sums.data + panel * convolution_panel_width() * depth, slots, slotStride, panel, part.output_channels,
            depth, dW)
    }
}
