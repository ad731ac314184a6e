import Autodiff

/// Self-attention among the queries with a residual (Mask2Former's SelfAttentionLayer around nn.MultiheadAttention).
package struct SelfAttention {
    private let inProjectionWeight: Parameter
    private let inProjectionBias: Parameter
    private let outProjectionWeight: Parameter
    private let outProjectionBias: Parameter
    private let norm: LayerNorm
    private let channels: Int
    private let heads: Int
    private let normalizesFirst: Bool

    /// Parameters `self_attn.in_proj_weight` [3C, C], …, `norm.*` in `scope`; weights start by Xavier, biases at 0.
    package init(_ scope: ParameterScope, channels: Int, heads: Int, normalizesFirst: Bool) {
        let attention = scope.child("self_attn")
        inProjectionWeight = attention.parameter("in_proj_weight", [3 * channels, channels], .xavierUniform)
        inProjectionBias = attention.parameter("in_proj_bias", [3 * channels], .constant(0))
        let out = attention.child("out_proj")
        outProjectionWeight = out.parameter("weight", [channels, channels], .xavierUniform)
        outProjectionBias = out.parameter("bias", [channels], .constant(0))
        norm = LayerNorm(scope.child("norm"), channels: channels)
        self.channels = channels
        self.heads = heads
        self.normalizesFirst = normalizesFirst
    }

    /// Queries [B, Q, C] with their position embedding [Q, C] -> [B, Q, C].
    package func callAsFunction(_ queries: Variable, position: Variable, _ context: ForwardContext) -> Variable {
        let (rows, count) = (queries.value.rows, queries.shape[1])
        context.count(ForwardWork(products: 4 * rows * channels * channels + 2 * rows * count * channels))
        let input = normalizesFirst ? norm(queries, context) : queries
        let positioned = add(input, position)
        let weight = inProjectionWeight.variable(in: context)
        let bias = inProjectionBias.variable(in: context)
        func projected(_ x: Variable, _ part: Int) -> Variable {
            let rows = part * channels..<(part + 1) * channels
            return linear(x, weight: slice(weight, rows), bias: slice(bias, rows))
        }
        let mixed = attention(projected(positioned, 0), projected(positioned, 1), projected(input, 2), heads: heads)
        let update = linear(
            mixed, weight: outProjectionWeight.variable(in: context), bias: outProjectionBias.variable(in: context))
        let sum = add(queries, update)
        return normalizesFirst ? sum : norm(sum, context)
    }
}
