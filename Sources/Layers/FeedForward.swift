import Autodiff

/// Two Linear layers with ReLU between them and a residual (Mask2Former's FFNLayer).
package struct FeedForward {
    private let first: Linear
    private let second: Linear
    private let norm: LayerNorm
    private let normalizesFirst: Bool

    /// Parameters `linear1.*`, `linear2.*`, `norm.*` in `scope`; weights start by Xavier.
    package init(_ scope: ParameterScope, channels: Int, hidden: Int, normalizesFirst: Bool) {
        first = Linear(scope.child("linear1"), inputs: channels, outputs: hidden, weight: .xavierUniform)
        second = Linear(scope.child("linear2"), inputs: hidden, outputs: channels, weight: .xavierUniform)
        norm = LayerNorm(scope.child("norm"), channels: channels)
        self.normalizesFirst = normalizesFirst
    }

    /// [B, Q, C] -> [B, Q, C].
    package func callAsFunction(_ queries: Variable, _ context: ForwardContext) -> Variable {
        let input = normalizesFirst ? norm(queries, context) : queries
        let sum = add(queries, second(relu(first(input, context)), context))
        return normalizesFirst ? sum : norm(sum, context)
    }
}
