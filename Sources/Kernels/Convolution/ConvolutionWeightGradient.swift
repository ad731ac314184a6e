import CKernels
import Tensors

/// Bytes of input and dY that a pass over the taps should find in the second-level cache.
private let cacheBudget = 384 << 10
private let wantedPieces = 16
private let mostSlots = 8
private let sitesPerSlot = 512
/// Floats of all slots together.
private let slotBudget = 1 << 21

/// dW [O, kh, kw, I] from x [B, H, W, I] and dY [B, H′, W′, O]: fixed ranges of rows are summed apart, and the ranges
/// are added in order.
///
/// For a transposed convolution the roles of x and dY are exchanged.
package func convolutionWeightGradient(_ x: Tensor, dY: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    precondition(
        x.shape[0] == dY.shape[0] && size == (dY.shape[1], dY.shape[2]),
        "convolutionWeightGradient: input \(x.shape), dY \(dY.shape), \(geometry)")
    if geometry.taps == 1 && geometry.padding == 0 { return pixelWeightGradient(x, dY: dY, stride: geometry.stride) }
    return winogradWeightGradient(x, dY: dY, geometry) ?? directWeightGradient(x, dY: dY, geometry)
}

/// The same by outer products over each tap's pixels.
private func directWeightGradient(_ x: Tensor, dY: Tensor, _ geometry: ConvolutionGeometry) -> Tensor {
    let (inputs, outputs) = (x.channels, dY.channels)
    let dW = Tensor(uninitialized: [outputs, geometry.kernelHeight, geometry.kernelWidth, inputs])
    let rows = geometry.tapOffsets(kernel: geometry.kernelHeight)
    let columns = geometry.tapOffsets(kernel: geometry.kernelWidth)
    rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
            let part = convolution_weight_gradient(
                input: x.data, input_height: x.shape[1], input_width: x.shape[2], input_stride: inputs,
                channels: inputs, gradient: dY.data, height: dY.shape[1], width: dY.shape[2],
                gradient_stride: outputs, output_channels: outputs, stride: geometry.stride,
                tap_row_count: rows.count, tap_column_count: columns.count, tap_rows: rows.baseAddress,
                tap_columns: columns.baseAddress)
            sum(part, lines: dY.shape[0] * dY.shape[1], depth: geometry.taps * inputs, to: dW.data)
        }
    }
    withExtendedLifetime((x, dY)) {}
    return dW
}

/// How the work is cut, by the shape alone: slots are ranges of lines with sums of their own, and panel
/// groups share the packed input. Large weights get few slots, since every slot is written and added.
private struct WeightGradientPlan {
    let panels: Int
    let panelGrain: Int
    let slots: Int
    let chunk: Int

    init(_ part: convolution_weight_gradient, lines: Int, depth: Int) {
        panels = panelCount(part.output_channels)
        let lineBytes = 4 * part.width * (pk_convolution_panel_width() + part.channels * part.stride)
        chunk = max(1, min(part.height, cacheBudget / lineBytes))
        let weights = part.output_channels * depth
        slots = max(1, min(mostSlots, lines, lines * part.width / sitesPerSlot, slotBudget / weights))
        let groups = min(panels, (wantedPieces + slots - 1) / slots)
        panelGrain = (panels + groups - 1) / groups
    }
}

private func sum(_ part: convolution_weight_gradient, lines: Int, depth: Int, to dW: UnsafeMutablePointer<Float>) {
    let plan = WeightGradientPlan(part, lines: lines, depth: depth)
    let slotStride = pk_convolution_packed_count(part.output_channels, depth)
    let sums = Tensor(uninitialized: [plan.slots, slotStride])
    let groups = (plan.panels + plan.panelGrain - 1) / plan.panelGrain
    parallelFor(plan.slots * groups) { index in
        let slot = index / groups
        let first = index % groups * plan.panelGrain
        let panels = first..<min(plan.panels, first + plan.panelGrain)
        let width = pk_convolution_panel_width()
        let target = sums.data + slot * slotStride
        let end = min(slotStride, panels.upperBound * width * depth)
        (target + first * width * depth).update(repeating: 0, count: end - first * width * depth)
        addLines(slot * lines / plan.slots..<(slot + 1) * lines / plan.slots, of: part, plan, panels, to: target)
    }
    parallelFor(plan.panels) { panel in
        pk_convolution_weight_gradient_finish(sums.data, plan.slots, slotStride, panel, part.output_channels, depth, dW)
    }
    withExtendedLifetime(sums) {}
}

/// A chunk of lines stays within one image and, packed, in the cache.
private func addLines(
    _ lines: Range<Int>, of part: convolution_weight_gradient, _ plan: WeightGradientPlan, _ panels: Range<Int>,
    to sums: UnsafeMutablePointer<Float>
) {
    var part = part
    let scratch = Tensor(uninitialized: [pk_convolution_gradient_scratch_count(&part, plan.chunk)])
    let pointers = pk_convolution_gradient_table_count(plan.chunk)
    withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: pointers) { table in
        var line = lines.lowerBound
        while line < lines.upperBound {
            let image = line / part.height
            let row = line % part.height
            let count = min(plan.chunk, part.height - row, lines.upperBound - line)
            pk_convolution_weight_gradient_run(
                &part, image, row, row + count, panels.lowerBound, panels.upperBound, sums, scratch.data,
                table.baseAddress)
            line += count
        }
    }
    withExtendedLifetime(scratch) {}
}
