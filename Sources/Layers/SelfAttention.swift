import Autodiff

/// Self-attention among the queries with a residual (Mask2Former's SelfAttentionLayer around nn.MultiheadAttention).
package struct SelfAttention {
    private let projections: AttentionProjections
    private let norm: LayerNorm
    private let channels: Int
    private let heads: Int
    private let normalizesFirst: Bool

    /// Parameters `self_attn.in_proj_weight` [3C, C], …, `norm.*` in `scope`; weights start by Xavier, biases at 0.
    package init(_ scope: ParameterScope, channels: Int, heads: Int, normalizesFirst: Bool) {
        projections = AttentionProjections(scope.child("self_attn"), channels: channels)
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
        let parts = projections.projected([(positioned, .query), (positioned, .key), (input, .value)], context)
        let sum = add(queries, projections.out(attention(parts[0], parts[1], parts[2], heads: heads), context))
        return normalizesFirst ? sum : norm(sum, context)
    }
}
