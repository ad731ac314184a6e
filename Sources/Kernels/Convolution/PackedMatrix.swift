import CKernels
import Tensors

/// A weight matrix in the order in which the register-tiled kernel reads it, for products with a few rows.
package struct PackedMatrix: Sendable {
    /// Columns of the rows that are multiplied, and of the result.
    let inputs: Int
    let outputs: Int
    private let panels: Tensor

    /// y = x · Wᵀ for W [outputs, inputs].
    package init(_ weight: Tensor, outputs: Int, inputs: Int) {
        precondition(weight.count == inputs * outputs, "matrix \(weight.shape) is not \(outputs) × \(inputs)")
        self.init(weight.data, outputs: outputs, inputs: inputs, outputStep: inputs)
        withExtendedLifetime(weight) {}
    }

    /// y = x · Wᵀ for W[o][i] at o · outputStep + i · inputStep.
    package init(_ weight: UnsafePointer<Float>, outputs: Int, inputs: Int, outputStep: Int, inputStep: Int = 1) {
        self.inputs = inputs
        self.outputs = outputs
        panels = packPanels(
            weight, outputs: outputs, outputStep: outputStep, taps: [0], channels: inputs, channelStep: inputStep)
    }

    /// Columns that `multiplyPadded` writes: `outputs`, rounded up so that every vector of a row is whole.
    package var paddedOutputs: Int { pk_convolution_packed_count(outputs, 1) }

    /// x: `rows` rows of `inputs` floats, `inputStride` apart (default: one after the other) -> y: `rows` rows
    /// of `outputs` floats, `stride` apart, on the calling thread.
    package func multiply(
        _ x: UnsafePointer<Float>, rows: Int, inputStride: Int? = nil, into y: UnsafeMutablePointer<Float>,
        stride: Int, epilogue: convolution_epilogue = convolution_epilogue()
    ) {
        run(
            x, rows, inputStride ?? inputs, columns: outputs, panels: 0..<panelCount(outputs), into: y, stride, epilogue
        )
    }

    /// The fewest columns of the result around `columns` that `multiply` makes alone.
    package func wholePanels(_ columns: Range<Int>) -> Range<Int> {
        let width = pk_convolution_panel_width()
        return columns.lowerBound / width * width..<min(outputs, (columns.upperBound + width - 1) / width * width)
    }

    /// The same of some columns alone, which are whole panels.
    package func multiply(
        _ x: UnsafePointer<Float>, rows: Int, columns: Range<Int>, into y: UnsafeMutablePointer<Float>, stride: Int,
        epilogue: convolution_epilogue = convolution_epilogue()
    ) {
        precondition(columns == wholePanels(columns), "matrix: columns \(columns) of \(outputs) are no whole panels")
        let width = pk_convolution_panel_width()
        run(
            x, rows, inputs, columns: outputs, panels: columns.lowerBound / width..<panelCount(columns.upperBound),
            into: y - columns.lowerBound, stride, epilogue)
    }

    /// The same into rows of `paddedOutputs` floats; those beyond `outputs` are zeros.
    package func multiplyPadded(
        _ x: UnsafePointer<Float>, rows: Int, inputStride: Int, into y: UnsafeMutablePointer<Float>
    ) {
        let panels = 0..<panelCount(paddedOutputs)
        run(
            x, rows, inputStride, columns: paddedOutputs, panels: panels, into: y, paddedOutputs, convolution_epilogue()
        )
    }

    private func run(
        _ x: UnsafePointer<Float>, _ rows: Int, _ inputStride: Int, columns: Int, panels range: Range<Int>,
        into y: UnsafeMutablePointer<Float>, _ stride: Int, _ epilogue: convolution_epilogue
    ) {
        // A 1×1 convolution of a picture one pixel high; its only tap is never outside, so zeros are not
        // read.
        var tap = 0
        withUnsafePointer(to: &tap) { tap in
            var pass = convolution_pass(
                input: x, input_height: 1, input_width: rows, input_stride: inputStride, channels: inputs, images: 1,
                height: 1, width: rows, input_step: 1, tap_row_count: 1, tap_column_count: 1, tap_rows: tap,
                tap_columns: tap, zeros: x, panels: panels.data, output_channels: columns, output: y, output_height: 1,
                output_width: rows, output_stride: stride, output_row: 0, output_column: 0, output_step: 1,
                epilogue: epilogue)
            let pointers = pk_convolution_table_count(1)
            withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: pointers) { table in
                pk_convolution_run(&pass, 0, rows, range.lowerBound, range.upperBound, table.baseAddress)
            }
        }
    }
}
