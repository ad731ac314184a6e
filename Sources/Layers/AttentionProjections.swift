import Autodiff

/// The projections of multi-head attention (torch.nn.MultiheadAttention without its softmax and products).
package struct AttentionProjections {
    /// The rows of the joint weight, in order.
    package enum Part: Int {
        case query, key, value
    }

    private let inWeight: Parameter
    private let inBias: Parameter
    private let outWeight: Parameter
    private let outBias: Parameter
    private let channels: Int

    /// Parameters `in_proj_weight` [3C, C], `in_proj_bias`, `out_proj.*` in `scope`; weights start by Xavier, biases
    /// at 0.
    package init(_ scope: ParameterScope, channels: Int) {
        inWeight = scope.parameter("in_proj_weight", [3 * channels, channels], .xavierUniform)
        inBias = scope.parameter("in_proj_bias", [3 * channels], .constant(0))
        let out = scope.child("out_proj")
        outWeight = out.parameter("weight", [channels, channels], .xavierUniform)
        outBias = out.parameter("bias", [channels], .constant(0))
        self.channels = channels
    }

    /// [..., C] -> the parts, each [..., C], by weights that are read once.
    package func projected(_ inputs: [(Variable, Part)], _ context: ForwardContext) -> [Variable] {
        let variables = variables(context)
        return inputs.map { x, part in
            let rows = part.rawValue * channels..<(part.rawValue + 1) * channels
            return linear(x, weight: slice(variables.weight, rows), bias: slice(variables.bias, rows))
        }
    }

    /// The joint weight [3C, C] and bias [3C], for ops that fuse a projection with others.
    package func variables(_ context: ForwardContext) -> (weight: Variable, bias: Variable) {
        (inWeight.variable(in: context), inBias.variable(in: context))
    }

    /// What the heads gathered, projected: [..., C] -> [..., C].
    package func out(_ mixed: Variable, _ context: ForwardContext) -> Variable {
        linear(mixed, weight: outWeight.variable(in: context), bias: outBias.variable(in: context))
    }
}
