import Autodiff
import Glibc
import Kernels

/// Layers on rows, one after another. Where no graph is recorded a few rows at a time pass all of them.
package struct RowLayers {
    /// One of the layers.
    package enum Step {
        /// Layer norm.
        case norm(LayerNorm)
        /// Batch norm.
        case batchNorm(BatchNorm)
        /// A linear map, weight [O, I], or [O, …] of a convolution that is one, and bias [O].
        case linear(Parameter, bias: Parameter?)
        /// GELU.
        case gelu
        /// Values times a factor by channel (layer scale), [O] or [O, 1, …]; it follows a linear map.
        case scale(Parameter)

        /// A linear map with `weight` and, where it has one, `bias` in `scope`, which start as torch.nn.Linear's; a
        /// weight that starts otherwise has a bias that starts at 0.
        package static func linear(
            _ scope: ParameterScope, inputs: Int, outputs: Int, hasBias: Bool = true,
            weight initializer: Initializer = .torchDefault
        ) -> Step {
            let weight = scope.parameter("weight", [outputs, inputs], initializer)
            guard hasBias else { return .linear(weight, bias: nil) }
            var start = Initializer.constant(0)
            if case .torchDefault = initializer { start = .uniform(bound: 1 / sqrt(Double(inputs))) }
            return .linear(weight, bias: scope.parameter("bias", [outputs], start))
        }
    }

    private let steps: [Step]

    /// The layers in their order; the last is a linear map, its factor, or a norm.
    package init(_ steps: [Step]) { self.steps = steps }

    /// [..., C] -> [..., O].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        guard context.recordsGradients else {
            return Variable(stream(x.value, through: passes(rows: x.value.rows, context)), images: x.images)
        }
        return steps.reduce(x) { x, step in
            switch step {
            case .norm(let norm): return norm(x, context)
            case .batchNorm(let norm):
                norm.count(rows: x.value.rows, context)
                return norm(x, relu: false, context)
            case .linear(let weight, let bias):
                count(weight, rows: x.value.rows, context)
                let matrix = reshape(weight.variable(in: context), Self.matrixShape(weight))
                return linear(x, weight: matrix, bias: bias?.variable(in: context))
            case .gelu: return gelu(x)
            case .scale(let factor): return multiply(x, reshape(factor.variable(in: context), [factor.value.count]))
            }
        }
    }

    /// `residual`, which has the result's shape, plus the result for x, which `dropPath` drops for some images.
    package func callAsFunction(
        _ x: Variable, addedTo residual: Variable, _ dropPath: DropPath?, _ context: ForwardContext
    ) -> Variable {
        guard context.recordsGradients else {
            let passes = passes(rows: x.value.rows, context)
            return Variable(stream(x.value, through: passes, residual: residual.value), images: x.images)
        }
        let y = self(x, context)
        return add(residual, dropPath?(y, context) ?? y)
    }

    /// The same for a depthwise convolution of x, of which a few rows at a time are made too.
    package func callAsFunction(
        after convolution: ConvNormActivation, _ x: Variable, addedTo residual: Variable, _ dropPath: DropPath?,
        _ context: ForwardContext
    ) -> Variable {
        guard let rows = convolution.depthwiseRows(x, context) else {
            return self(convolution(x, context), addedTo: residual, dropPath, context)
        }
        let passes = passes(rows: residual.value.rows, context)
        return Variable(stream(rows, through: passes, residual: residual.value), images: x.images)
    }

    /// The layers for so many rows where no graph is recorded, for ops that do more in their pass.
    package func passes(rows: Int, _ context: ForwardContext) -> [RowStep] {
        var passes: [RowStep] = []
        for step in steps {
            switch step {
            case .norm(let norm): passes.append(norm.step(context))
            case .batchNorm(let norm):
                norm.count(rows: rows, context)
                passes.append(norm.step(context))
            case .linear(let weight, let bias):
                count(weight, rows: rows, context)
                let matrix = weight.variable(in: context).value.reshaped(Self.matrixShape(weight))
                passes.append(.linear(weight: matrix, bias: bias?.variable(in: context).value))
            case .gelu: passes.append(.gelu)
            case .scale(let factor):
                guard case .linear(let matrix, let bias, nil, _)? = passes.popLast() else {
                    preconditionFailure("row layers: a factor that follows no linear map")
                }
                let scale = factor.variable(in: context).value.reshaped([factor.value.count])
                passes.append(.linear(weight: matrix, bias: bias.map { multiply($0, scale) }, scale: scale))
            }
        }
        return passes
    }

    private static func matrixShape(_ weight: Parameter) -> [Int] {
        [weight.officialShape[0], weight.value.count / weight.officialShape[0]]
    }

    private func count(_ weight: Parameter, rows: Int, _ context: ForwardContext) {
        context.count(ForwardWork(products: rows * weight.value.count))
    }
}
