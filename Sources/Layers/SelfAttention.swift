import Autodiff

/// Self-attention among the queries with a residual (Mask2Former's SelfAttentionLayer, DETR's self_attn).
package struct SelfAttention {
    private let attention: MultiheadAttention
    private let norm: LayerNorm
    private let dropout: Dropout?
    private let normalizesFirst: Bool

    /// Parameters `self_attn.*`, `norm.*` in `scope`.
    package init(_ scope: ParameterScope, channels: Int, heads: Int, normalizesFirst: Bool) {
        attention = MultiheadAttention(scope.child("self_attn"), channels: channels, heads: heads)
        norm = LayerNorm(scope.child("norm"), channels: channels)
        dropout = nil
        self.normalizesFirst = normalizesFirst
    }

    /// The given parts; `dropout` is that of the branch.
    package init(_ attention: MultiheadAttention, norm: LayerNorm, dropout: Dropout, normalizesFirst: Bool) {
        (self.attention, self.norm, self.dropout) = (attention, norm, dropout)
        self.normalizesFirst = normalizesFirst
    }

    /// Queries [B, Q, C] with their position embedding [Q, C] -> [B, Q, C].
    package func callAsFunction(_ queries: Variable, position: Variable, _ context: ForwardContext) -> Variable {
        let input = normalizesFirst ? norm(queries, context) : queries
        let positioned = add(input, position)
        let update = attention(positioned, keys: positioned, values: input, context)
        let sum = add(queries, dropout?(update, context) ?? update)
        return normalizesFirst ? sum : norm(sum, context)
    }
}
