import CKernels
import Tensors

/// What is done to a row.
package enum RowStep: Sendable {
    /// Layer norm, by weight [C] and bias [C].
    case norm(weight: Tensor, bias: Tensor, epsilon: Float)
    /// A norm by stored statistics.
    case channelNorm(ChannelNorm)
    /// A linear map, by weight [O, C], times scale [O], plus bias [O], then ReLU where `relu` says so.
    case linear(weight: Tensor, bias: Tensor?, scale: Tensor? = nil, relu: Bool = false)
    /// x · Φ(x).
    case gelu
}

/// Steps one after another, ready to run on rows that are in the cache together.
package struct RowSteps {
    private let passes: [RowPass]
    /// Floats of a row of the result.
    package let outputs: Int
    /// Floats of a row between two steps, at most.
    private let width: Int
    /// The last linear map.
    private let adding: Int?

    /// The steps in their order; the last is a linear map or a norm. Rows of x have `inputs` floats, where the first
    /// step does not say so.
    package init(_ steps: [RowStep], inputs: Int? = nil) {
        passes = steps.reduce(into: []) { $0.append(RowPass($1, inputs: $0.last?.outputs ?? inputs)) }
        outputs = passes.last?.outputs ?? 0
        width = passes.dropLast().lazy.map(\.outputs).max() ?? 0
        adding = passes.lastIndex { $0.isLinear }
    }

    /// Writes to y [rows, O] what becomes of x [rows, C], on the calling thread; the last linear map adds rows of
    /// `residual`. Where `streams` says so, a linear map that comes last writes past the caches.
    package func callAsFunction(
        _ x: UnsafePointer<Float>, rows: Int, residual: UnsafePointer<Float>? = nil, streams: Bool = false,
        into y: UnsafeMutablePointer<Float>
    ) {
        precondition(residual == nil || adding != nil, "row steps: no linear map adds the residual")
        // Steps go to and fro between two buffers; behind them are the statistics of a norm.
        let scratch = Tensor(uninitialized: [2 * rows * (width + 1)])
        var input = x
        for (index, pass) in passes.enumerated() {
            let isLast = index == passes.count - 1
            let target = isLast ? y : scratch.data + index % 2 * rows * width
            pass.run(
                input, rows: rows, residual: index == adding ? residual : nil, streams: isLast && streams,
                statistics: scratch.data + 2 * rows * width, into: target)
            input = UnsafePointer(target)
        }
        withExtendedLifetime(scratch) {}
    }
}

/// Rows [..., C] after `steps`, of which the last is a linear map or a norm; the last linear map adds `residual`.
///
/// A few rows at a time pass all steps while they are in the cache: what lies between is never a whole map.
package func stream(_ x: Tensor, through steps: [RowStep], residual: Tensor? = nil) -> Tensor {
    defer { withExtendedLifetime(x) {} }
    return stream(shape: x.shape, through: RowSteps(steps), residual: residual) { rows, pass in
        pass(x.data + rows.lowerBound * x.channels)
    }
}

/// Rows [..., C] of `shape` after `steps`: `make` gets a range of rows and hands them to `pass`.
func stream(
    shape: [Int], through steps: RowSteps, residual: Tensor?,
    _ make: (_ rows: Range<Int>, _ pass: (UnsafePointer<Float>) -> Void) -> Void
) -> Tensor {
    let outputs = steps.outputs
    let destination = Destination(shape: shape.dropLast() + [outputs], into: nil)
    precondition(residual.map { $0.shape == destination.tensor.shape } ?? true, "stream: residual of another shape")
    let (granule, count) = (pk_convolution_tile_pixels(), shape.dropLast().reduce(1, *))
    let grain = max(1, min(8, (count + 16 * granule - 1) / (16 * granule))) * granule
    parallelRows(count, grain: grain) { rows in
        let start = rows.lowerBound * outputs
        make(rows) { x in
            steps(
                x, rows: rows.count, residual: residual.map { UnsafePointer($0.data + start) },
                streams: destination.streams, into: destination.start + start)
        }
    }
    withExtendedLifetime(residual) {}
    return destination.tensor
}

/// A step, ready to run.
private struct RowPass {
    private let step: RowStep
    private let matrix: PackedMatrix?
    private let inputs: Int
    /// Floats of a row of its result.
    let outputs: Int

    var isLinear: Bool { matrix != nil }

    /// Rows of x have `inputs` floats; nil where the step says so.
    init(_ step: RowStep, inputs given: Int?) {
        self.step = step
        switch step {
        case .norm(let weight, _, _): (matrix, inputs, outputs) = (nil, weight.count, weight.count)
        case .channelNorm(let norm): (matrix, inputs, outputs) = (nil, norm.mean.count, norm.mean.count)
        case .linear(let weight, _, _, _):
            (inputs, outputs) = (weight.shape[1], weight.shape[0])
            matrix = PackedMatrix(weight, outputs: outputs, inputs: inputs)
        case .gelu:
            guard let given else { preconditionFailure("row steps: GELU comes first") }
            (matrix, inputs, outputs) = (nil, given, given)
        }
        precondition(given ?? inputs == inputs, "row steps: a step of other rows than the one before")
    }

    func run(
        _ x: UnsafePointer<Float>, rows: Int, residual: UnsafePointer<Float>?, streams: Bool,
        statistics: UnsafeMutablePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        switch step {
        case .norm(let weight, let bias, let epsilon):
            pk_layer_norm_forward(x, weight.data, bias.data, epsilon, rows, inputs, y, statistics)
        case .channelNorm(let norm): norm.forward(x, rows: rows, into: y)
        case .linear(_, let bias, let scale, let relu):
            let epilogue = convolution_epilogue(
                scale: scale.map { UnsafePointer($0.data) }, shift: bias.map { UnsafePointer($0.data) },
                residual: residual, residual_stride: outputs, relu: relu ? 1 : 0, streams: streams ? 1 : 0,
                columns: nil, gate: nil, sums: nil)
            matrix?.multiply(x, rows: rows, into: y, stride: outputs, epilogue: epilogue)
        case .gelu: pk_gelu_forward(x, rows * inputs, y)
        }
    }
}
