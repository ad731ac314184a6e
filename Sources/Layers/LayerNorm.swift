import Autodiff
import Kernels

/// Normalises the last axis (torch.nn.LayerNorm, epsilon 1e-5).
package struct LayerNorm: Norm {
    private let weight: Parameter
    private let bias: Parameter

    /// What is added to the variance.
    private static let epsilon: Float = 1e-5

    /// Weight (1) and bias (0), each [channels], in `scope`.
    package init(_ scope: ParameterScope, channels: Int) {
        weight = scope.parameter("weight", [channels], role: .norm, .constant(1))
        bias = scope.parameter("bias", [channels], role: .norm, .constant(0))
    }

    /// [..., C] -> [..., C].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        layerNorm(x, weight: weight.variable(in: context), bias: bias.variable(in: context), epsilon: Self.epsilon)
    }

    /// The norm as a step of a pass over rows that records no graph.
    package func step(_ context: ForwardContext) -> RowStep {
        .norm(
            weight: weight.variable(in: context).value, bias: bias.variable(in: context).value, epsilon: Self.epsilon)
    }

    /// The same, with the ReLU that follows where `relu` says so.
    package func callAsFunction(_ x: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        relu ? Autodiff.relu(self(x, context)) : self(x, context)
    }
}
