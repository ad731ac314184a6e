import Autodiff

/// Attention between linear projections (torch.nn.MultiheadAttention), without masks.
package struct MultiheadAttention {
    private let projections: AttentionProjections
    private let dropout: Dropout
    private let channels: Int
    private let heads: Int

    /// Parameters `in_proj_weight` [3C, C], `in_proj_bias`, `out_proj.*` in `scope`; weights start by Xavier, biases at
    /// 0. In training probabilities are dropped with that of `dropout`.
    package init(_ scope: ParameterScope, channels: Int, heads: Int, dropout probability: Double = 0) {
        projections = AttentionProjections(scope, channels: channels)
        dropout = Dropout(scope, probability: probability)
        self.channels = channels
        self.heads = heads
    }

    /// Queries [B, Q, C], keys and values [B, N, C] -> [B, Q, C].
    package func callAsFunction(
        _ queries: Variable, keys: Variable, values: Variable, _ context: ForwardContext
    ) -> Variable {
        let (rows, count) = (queries.value.rows, keys.shape[1])
        context.count(
            ForwardWork(
                products: 2 * (rows + keys.value.rows) * channels * channels + 2 * rows * count * channels))
        let parts = projections.projected([(queries, .query), (keys, .key), (values, .value)], context)
        let mixed = attention(
            parts[0], parts[1], parts[2], heads: heads,
            dropout: dropout.mask(images: queries.shape[0], context))
        return projections.out(mixed, context)
    }
}
