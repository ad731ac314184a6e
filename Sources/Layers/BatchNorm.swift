import Autodiff
import Glibc
import Kernels
import Tensors

extension ParameterStore {
    /// Whether a BatchNorm takes its statistics from the batch in training.
    package var normalizesByBatch: Bool {
        let learned = Set(trainable.map(\.name))
        let statistics = "running_mean"
        return parameters.contains {
            $0.name.hasSuffix(statistics) && learned.contains($0.name.dropLast(statistics.count) + "weight")
        }
    }
}

/// BatchNorm over all axes but the last (epsilon 1e-5, momentum 0.1; running variance from the unbiased variance).
package struct BatchNorm: Norm {
    private let kind: NormKind
    private let weight: Parameter
    private let bias: Parameter
    private let runningMean: Parameter
    private let runningVariance: Parameter
    private let epsilon: Float = 1e-5
    private let momentum: Float = 0.1

    /// Weight, bias, running_mean and running_var, each [channels], in `scope`.
    package init(_ scope: ParameterScope, channels: Int, kind: NormKind) {
        self.kind = kind
        let role: ParameterRole = kind == .batch ? .norm : .buffer
        weight = scope.parameter("weight", [channels], role: role, .constant(1))
        bias = scope.parameter("bias", [channels], role: role, .constant(0))
        runningMean = scope.parameter("running_mean", [channels], role: .buffer, .constant(0))
        runningVariance = scope.parameter("running_var", [channels], role: .buffer, .constant(1))
    }

    /// [..., C] -> [..., C], with the ReLU that follows where `relu` says so.
    package func callAsFunction(_ x: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        if let output = normalized(x, relu: relu, residual: nil, context) { return output }
        let (weight, bias) = (weight.variable(in: context), bias.variable(in: context))
        let deviation = Variable(inverseDeviation)
        let scaled = multiply(weight, deviation)
        let offset = multiply(scaled, Variable(Tensor(runningMean.value.array.map { -$0 }, shape: scaled.shape)))
        return channelAffine(x, scale: scaled, shift: add(bias, offset), relu: relu)
    }

    /// The norm of x plus a residual, and the ReLU; in one pass where the statistics are the batch's.
    package func callAsFunction(
        _ x: Variable, residual: Variable, relu: Bool, _ context: ForwardContext
    ) -> Variable {
        normalized(x, relu: relu, residual: residual, context)
            ?? inTurn(x, residual: residual, relu: relu, context)
    }

    /// The norm by the batch's statistics; nil where it uses its running ones.
    private func normalized(
        _ x: Variable, relu: Bool, residual: Variable?, _ context: ForwardContext
    ) -> Variable? {
        guard context.usesBatchStatistics, kind == .batch else { return nil }
        let result = batchNorm(
            x, weight: weight.variable(in: context), bias: bias.variable(in: context), epsilon: epsilon, relu: relu,
            residual: residual)
        if !context.isRepeated {
            updateStatistics(mean: result.mean, variance: result.variance, count: x.value.rows)
        }
        return result.output
    }

    /// The layer by its running statistics, where it uses them and no graph is recorded.
    package func folded(_ context: ForwardContext) -> (scale: Tensor, shift: Tensor)? {
        guard !context.recordsGradients, !(context.usesBatchStatistics && kind == .batch) else { return nil }
        let (weight, bias) = (weight.variable(in: context).value, bias.variable(in: context).value)
        let scale = zip(weight.array, inverseDeviation.array).map { $0 * $1 }
        let shift = zip(bias.array, zip(runningMean.value.array, scale)).map { $0 - $1.0 * $1.1 }
        return (Tensor(scale, shape: [scale.count]), Tensor(shift, shape: [shift.count]))
    }

    /// The norm as a step of a pass over rows that records no graph.
    package func step(_ context: ForwardContext) -> RowStep {
        precondition(!context.usesBatchStatistics || kind != .batch, "BatchNorm: the batch's statistics, row by row")
        let (weight, bias) = (weight.variable(in: context).value, bias.variable(in: context).value)
        return .channelNorm(
            ChannelNorm(
                mean: runningMean.value, scale: multiply(weight, inverseDeviation), shift: bias, relu: false))
    }

    /// Tells a trace of the work of the norm of so many rows.
    package func count(rows: Int, _ context: ForwardContext) {
        context.count(ForwardWork(normalizedValues: rows * weight.value.count))
    }

    private var inverseDeviation: Tensor {
        Tensor(runningVariance.value.array.map { 1 / sqrtf($0 + epsilon) }, shape: runningVariance.value.shape)
    }

    private func updateStatistics(mean: Tensor, variance: Tensor, count: Int) {
        // With one value a channel there is no unbiased variance; torch refuses such a batch, we keep the biased one.
        let unbiased = count > 1 ? Float(count) / Float(count - 1) : 1
        func moved(_ running: Tensor, toward batch: Tensor, factor: Float) -> Tensor {
            Tensor(
                zip(running.array, batch.array).map { (1 - momentum) * $0 + momentum * factor * $1 },
                shape: running.shape)
        }
        runningMean.value = moved(runningMean.value, toward: mean, factor: 1)
        runningVariance.value = moved(runningVariance.value, toward: variance, factor: unbiased)
    }
}
