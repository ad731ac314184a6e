import CKernels
import Tensors

/// What is done to a row.
package enum RowStep: Sendable {
    /// Layer norm, by weight [C] and bias [C].
    case norm(weight: Tensor, bias: Tensor, epsilon: Float)
    /// A linear map, by weight [O, C] and bias [O].
    case linear(weight: Tensor, bias: Tensor?)
    /// x · Φ(x).
    case gelu
}

/// Rows [..., C] after `steps`, of which the last is a linear map or a norm, plus `residual`, which needs a linear map.
///
/// A few rows at a time pass all steps while they are in the cache: what lies between is never a whole map.
package func stream(_ x: Tensor, through steps: [RowStep], residual: Tensor? = nil) -> Tensor {
    let passes = steps.map(RowPass.init)
    let widths = passes.reduce(into: [x.channels]) { widths, pass in
        widths.append(pass.outputs ?? widths[widths.count - 1])
    }
    let outputs = widths[widths.count - 1]
    let destination = Destination(shape: x.shape.dropLast() + [outputs], into: nil)
    precondition(residual.map { $0.shape == destination.tensor.shape } ?? true, "stream: residual of another shape")
    let granule = pk_convolution_tile_pixels()
    let grain = max(1, min(8, (x.rows + 16 * granule - 1) / (16 * granule))) * granule
    // Steps go to and fro between two buffers; behind them are the statistics of a norm.
    let width = widths.max() ?? 0
    parallelRows(x.rows, grain: grain) { rows in
        withUnsafeTemporaryAllocation(byteCount: 8 * grain * (width + 1), alignment: 64) { bytes in
            guard let scratch = bytes.bindMemory(to: Float.self).baseAddress else { return }
            let buffers = [scratch, scratch + grain * width]
            var input = UnsafePointer(x.data + rows.lowerBound * x.channels)
            for (index, pass) in passes.enumerated() {
                let isLast = index == passes.count - 1
                let target = isLast ? destination.start + rows.lowerBound * outputs : buffers[index % 2]
                let added = isLast ? residual.map { UnsafePointer($0.data + rows.lowerBound * outputs) } : nil
                pass.run(
                    input, rows: rows.count, width: widths[index], residual: added,
                    streams: isLast && destination.streams, statistics: scratch + 2 * grain * width, into: target)
                input = UnsafePointer(target)
            }
        }
    }
    withExtendedLifetime((x, residual, passes)) {}
    return destination.tensor
}

/// A step, ready to run.
private struct RowPass {
    private let step: RowStep
    private let matrix: PackedMatrix?
    /// Columns of its result; nil where they are its input's.
    let outputs: Int?

    init(_ step: RowStep) {
        self.step = step
        guard case .linear(let weight, _) = step else {
            (matrix, outputs) = (nil, nil)
            return
        }
        matrix = PackedMatrix(weight, outputs: weight.shape[0], inputs: weight.shape[1])
        outputs = weight.shape[0]
    }

    func run(
        _ x: UnsafePointer<Float>, rows: Int, width: Int, residual: UnsafePointer<Float>?, streams: Bool,
        statistics: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        switch step {
        case .norm(let weight, let bias, let epsilon):
            pk_layer_norm_forward(x, weight.data, bias.data, epsilon, rows, width, y, statistics)
        case .linear(_, let bias):
            let columns = outputs ?? width
            let epilogue = convolution_epilogue(
                scale: nil, shift: bias.map { UnsafePointer($0.data) }, residual: residual, residual_stride: columns,
                relu: 0, streams: streams ? 1 : 0)
            matrix?.multiply(x, rows: rows, into: y, stride: columns, epilogue: epilogue)
        case .gelu: pk_gelu_forward(x, rows * width, y)
        }
    }
}
