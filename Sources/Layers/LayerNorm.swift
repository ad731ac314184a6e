import Autodiff

/// Normalises the last axis (torch.nn.LayerNorm, epsilon 1e-5).
package struct LayerNorm: Norm {
    private let weight: Parameter
    private let bias: Parameter

    /// What is added to the variance.
    static let epsilon: Float = 1e-5

    /// Weight (1) and bias (0), each [channels], in `scope`.
    package init(_ scope: ParameterScope, channels: Int) {
        weight = scope.parameter("weight", [channels], role: .norm, .constant(1))
        bias = scope.parameter("bias", [channels], role: .norm, .constant(0))
    }

    /// [..., C] -> [..., C].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        let (weight, bias) = variables(context)
        return layerNorm(x, weight: weight, bias: bias, epsilon: Self.epsilon)
    }

    /// Weight [C] and bias [C], for what fuses the layer with others.
    func variables(_ context: ForwardContext) -> (weight: Variable, bias: Variable) {
        (weight.variable(in: context), bias.variable(in: context))
    }

    /// A linear layer, the residual and this norm as one step of a pass that records no graph.
    package func closing(_ linear: Linear, _ context: ForwardContext) -> ResidualNorm {
        let (map, (weight, bias)) = (linear.variables(context), variables(context))
        return ResidualNorm(
            RowMap((map.weight.value, map.bias.value)), weight: weight.value, bias: bias.value, epsilon: Self.epsilon)
    }

    /// The same, with the ReLU that follows where `relu` says so.
    package func callAsFunction(_ x: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        relu ? Autodiff.relu(self(x, context)) : self(x, context)
    }
}
