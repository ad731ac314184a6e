import Autodiff

/// Normalises each image's groups of channels (torch.nn.GroupNorm, epsilon 1e-5).
package struct GroupNorm: Norm {
    private let weight: Parameter
    private let bias: Parameter
    private let groups: Int

    /// Weight (1) and bias (0), each [channels], in `scope`.
    package init(_ scope: ParameterScope, channels: Int, groups: Int = 32) {
        weight = scope.parameter("weight", [channels], role: .norm, .constant(1))
        bias = scope.parameter("bias", [channels], role: .norm, .constant(0))
        self.groups = groups
    }

    /// [B, H, W, C] -> [B, H, W, C], with the ReLU that follows where `relu` says so.
    package func callAsFunction(_ x: Variable, relu: Bool, _ context: ForwardContext) -> Variable {
        normalized(x, relu: relu, residual: nil, context)
    }

    /// The norm of x plus a residual, and the ReLU, in one pass.
    package func callAsFunction(
        _ x: Variable, residual: Variable, relu: Bool, _ context: ForwardContext
    ) -> Variable {
        normalized(x, relu: relu, residual: residual, context)
    }

    private func normalized(_ x: Variable, relu: Bool, residual: Variable?, _ context: ForwardContext) -> Variable {
        groupNorm(
            x, weight: weight.variable(in: context), bias: bias.variable(in: context), groups: groups, epsilon: 1e-5,
            relu: relu, residual: residual)
    }
}
