import Autodiff

/// Two Linear layers with ReLU between them and a residual (Mask2Former's FFNLayer, DETR's feed-forward layers).
package struct FeedForward {
    private let first: Linear
    private let second: Linear
    private let norm: LayerNorm
    private let dropouts: (hidden: Dropout, branch: Dropout)?
    private let normalizesFirst: Bool

    /// Parameters `linear1.*`, `linear2.*` in `scope`, those of the norm in `norm` (nil: `norm.*` in `scope`); weights
    /// start by Xavier. `dropouts` are those of the hidden values and of the branch.
    package init(
        _ scope: ParameterScope, norm: ParameterScope? = nil, channels: Int, hidden: Int, normalizesFirst: Bool,
        dropouts: (hidden: Dropout, branch: Dropout)? = nil
    ) {
        first = Linear(scope.child("linear1"), inputs: channels, outputs: hidden, weight: .xavierUniform)
        second = Linear(scope.child("linear2"), inputs: hidden, outputs: channels, weight: .xavierUniform)
        self.norm = LayerNorm(norm ?? scope.child("norm"), channels: channels)
        self.dropouts = dropouts
        self.normalizesFirst = normalizesFirst
    }

    /// [B, Q, C] -> [B, Q, C].
    package func callAsFunction(_ queries: Variable, _ context: ForwardContext) -> Variable {
        let input = normalizesFirst ? norm(queries, context) : queries
        let hidden = relu(first(input, context))
        let update = second(dropouts?.hidden(hidden, context) ?? hidden, context)
        let sum = add(queries, dropouts?.branch(update, context) ?? update)
        return normalizesFirst ? sum : norm(sum, context)
    }
}
