import Autodiff
import Kernels

/// Normalises the last axis (torch.nn.LayerNorm).
package struct LayerNorm: Norm {
    private let weight: Parameter
    private let bias: Parameter
    private let epsilon: Float

    /// Weight (1) and bias (0), each [channels], in `scope`; `epsilon` is added to the variance.
    package init(_ scope: ParameterScope, channels: Int, epsilon: Float = 1e-5) {
        self.epsilon = epsilon
        weight = scope.parameter("weight", [channels], role: .norm, .constant(1))
        bias = scope.parameter("bias", [channels], role: .norm, .constant(0))
    }

    /// [..., C] -> [..., C].
    package func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        layerNorm(x, weight: weight.variable(in: context), bias: bias.variable(in: context), epsilon: epsilon)
    }

    /// The norm as a step of a pass over rows that records no graph.
    package func step(_ context: ForwardContext) -> RowStep {
        .norm(
            weight: weight.variable(in: context).value, bias: bias.variable(in: context).value, epsilon: epsilon)
    }

    /// The same, with the ReLU that follows where `relu` says so.
    package func callAsFunction(_ x: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        relu ? Autodiff.relu(self(x, context)) : self(x, context)
    }
}
