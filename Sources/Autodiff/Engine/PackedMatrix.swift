import CKernels
import Tensors

/// A weight matrix in the order in which the register-tiled kernel reads it, for products with a few rows.
struct PackedMatrix: Sendable {
    /// Columns of the rows that are multiplied, and of the result.
    let inputs: Int
    let outputs: Int
    private let panels: Tensor

    /// y = x · Wᵀ for W [outputs, inputs].
    init(_ weight: Tensor, outputs: Int, inputs: Int) {
        self.init(weight, outputs: outputs, inputs: inputs, outputStep: inputs, inputStep: 1)
    }

    /// y = x · W for W [inputs, outputs].
    init(transposing weight: Tensor, inputs: Int, outputs: Int) {
        self.init(weight, outputs: outputs, inputs: inputs, outputStep: 1, inputStep: outputs)
    }

    private init(_ weight: Tensor, outputs: Int, inputs: Int, outputStep: Int, inputStep: Int) {
        precondition(
            weight.count == inputs * outputs, "matrix \(weight.shape) is not \(outputs) × \(inputs)")
        self.inputs = inputs
        self.outputs = outputs
        let packed = Tensor(uninitialized: [convolution_packed_count(outputs, inputs)])
        parallelFor(panelCount(outputs)) { panel in
            var start = 0
            convolution_pack(
                weight.data, outputs, outputStep, 1, &start, inputs, inputStep, panel, panel + 1,
                packed.data)
        }
        panels = packed
    }

    /// x [rows, inputs] -> y: `rows` rows of `outputs` floats, `stride` apart, on the calling thread.
    func multiply(
        _ x: UnsafePointer<Float>, rows: Int, into y: UnsafeMutablePointer<Float>, stride: Int,
        epilogue: convolution_epilogue = convolution_epilogue()
    ) {
        // A 1×1 convolution of a picture one pixel high; its only tap is never outside, so zeros are not
        // read.
        var tap = 0
        withUnsafePointer(to: &tap) { tap in
            var pass = convolution_pass(
                input: x, input_height: 1, input_width: rows, input_stride: inputs, channels: inputs,
                images: 1,
                height: 1, width: rows, input_step: 1, tap_row_count: 1, tap_column_count: 1, tap_rows: tap,
                tap_columns: tap, zeros: x, panels: panels.data, output_channels: outputs, output: y,
                output_height: 1, output_width: rows, output_stride: stride, output_row: 0, output_column: 0,
                output_step: 1, epilogue: epilogue)
            let pointers = convolution_table_count(1)
            withUnsafeTemporaryAllocation(of: UnsafePointer<Float>?.self, capacity: pointers) { table in
                convolution_run(&pass, 0, rows, 0, panelCount(outputs), table.baseAddress)
            }
        }
    }
}
