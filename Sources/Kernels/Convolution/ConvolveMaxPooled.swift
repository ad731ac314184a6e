// A convolution and the pooling after it, a rectangle at a time: the map between them is never whole.
import CKernels
import Tensors

/// Lines and columns of the result that one task makes: what it needs of the map between stays in the second-level
/// cache, and little of it is made twice.
private let (linesTogether, columnsTogether) = (16, 32)

/// The convolution of [B, H, W, I] with weight [O, kh, kw, I], the epilogue, which ends with ReLU, then the largest
/// value of each window, pixels outside left out: [B, H″, W″, O].
package func convolveMaxPooled(
    _ x: Tensor, weight: Tensor, _ geometry: ConvolutionGeometry, epilogue: Epilogue, pool: PoolGeometry
) -> Tensor {
    checkConvolution("convolveMaxPooled", x.shape, channels: x.channels, weight: weight, geometry, axis: 3)
    let size = geometry.outputSize(height: x.shape[1], width: x.shape[2])
    let between = [x.shape[0], size.height, size.width, weight.shape[0]]
    epilogue.check("convolveMaxPooled", outputShape: between)
    precondition(epilogue.relu && epilogue.residual == nil, "convolveMaxPooled: no ReLU, or a residual")
    let convolution = PackedConvolution(weight: weight, geometry: geometry)
    let y = Tensor(uninitialized: pool.outputShape(input: between))
    let down = (y.shape[1] + linesTogether - 1) / linesTogether
    let across = (y.shape[2] + columnsTogether - 1) / columnsTogether
    parallelFor(y.shape[0] * down * across) { index in
        let (image, part) = (index / (down * across), index % (down * across))
        let (line, column) = (part / across * linesTogether, part % across * columnsTogether)
        let lines = line..<min(line + linesTogether, y.shape[1])
        let columns = column..<min(column + columnsTogether, y.shape[2])
        let map = convolution.rectangle(
            of: x, image, lines: pool.reach(lines), columns: pool.reach(columns), of: size, epilogue: epilogue)
        // The zeros outside the image are no larger than what ReLU leaves.
        pool.poolRectangle(map, lines: lines, columns: columns, into: y, image)
    }
    withExtendedLifetime(epilogue) {}
    return y
}

extension PackedConvolution {
    /// Some lines and columns of what `run` makes of one image, [lines, columns, O]; zeros beyond the image, whose
    /// result has `size`. On the calling thread.
    fileprivate func rectangle(
        of x: Tensor, _ image: Int, lines: Range<Int>, columns: Range<Int>, of size: (height: Int, width: Int),
        epilogue: Epilogue
    ) -> Tensor {
        let result = Tensor(uninitialized: [lines.count, columns.count, outputChannels])
        let (height, width) = (lines.clamped(to: 0..<size.height), columns.clamped(to: 0..<size.width))
        if (height, width) != (lines, columns) { result.data.update(repeating: 0, count: result.count) }
        let phase = phases[0]
        let (rowCount, columnCount) = (phase.tapRows.count, phase.tapColumns.count)
        let zeros = Tensor(zeros: [columnCount * inputChannels])
        // Sites are counted from the rectangle's first, so the taps lie that much further.
        let taps =
            phase.tapRows.map { $0 + height.lowerBound * inputStep }
            + phase.tapColumns.map { $0 + width.lowerBound * inputStep }
        taps.withUnsafeBufferPointer { taps in
            guard let taps = taps.baseAddress else { return }
            let first = (height.lowerBound - lines.lowerBound) * columns.count + width.lowerBound - columns.lowerBound
            var pass = convolution_pass(
                input: x.data + image * x.shape[1] * x.shape[2] * inputChannels, input_height: x.shape[1],
                input_width: x.shape[2], input_stride: inputChannels, channels: inputChannels, images: 1,
                height: height.count, width: width.count, input_step: inputStep, tap_row_count: rowCount,
                tap_column_count: columnCount, tap_rows: taps, tap_columns: taps + rowCount, zeros: zeros.data,
                panels: phase.panels.data, output_channels: outputChannels,
                output: result.data + first * outputChannels, output_height: lines.count, output_width: columns.count,
                output_stride: outputChannels, output_row: 0, output_column: 0, output_step: 1,
                epilogue: epilogue.kernelView())
            let pointers = pk_convolution_table_count(rowCount * columnCount)
            withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: pointers) { table in
                pk_convolution_run(
                    &pass, 0, height.count * width.count, 0, panelCount(outputChannels), table.baseAddress)
            }
        }
        withExtendedLifetime((x, zeros, self)) {}
        return result
    }
}

extension PoolGeometry {
    /// The pixels of one axis that the windows of some places reach, beyond the image too.
    fileprivate func reach(_ places: Range<Int>) -> Range<Int> {
        places.lowerBound * stride - padding..<(places.upperBound - 1) * stride - padding + kernel
    }

    /// The maxima of a rectangle, which holds all that the windows of some lines and columns of y reach.
    fileprivate func poolRectangle(
        _ map: Tensor, lines: Range<Int>, columns: Range<Int>, into y: Tensor, _ image: Int
    ) {
        var view = pool_shape(
            images: 1, input_height: map.shape[0], input_width: map.shape[1], height: lines.count,
            width: columns.count, channels: map.channels, kernel: kernel, stride: stride, padding: 0, is_maximum: 1)
        for (index, line) in lines.enumerated() {
            let target = y.data + ((image * y.shape[1] + line) * y.shape[2] + columns.lowerBound) * y.channels
            pk_pool_forward(
                &view, map.data, index, index + 1, target - index * columns.count * y.channels, y.channels, nil)
        }
        withExtendedLifetime((map, y)) {}
    }
}
