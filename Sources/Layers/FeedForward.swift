import Autodiff
import Kernels

/// Rows from which packing the weights for tiles pays.
private let manyRows = 1024

/// Two Linear layers with ReLU between them and a residual (Mask2Former's FFNLayer, the last half of DETR's layers).
package struct FeedForward {
    private let first: Linear
    private let second: Linear
    private let norm: LayerNorm
    private let normalizesFirst: Bool
    private let hiddenDropout: Dropout
    private let dropout: Dropout

    /// Official names that differ between the networks, within the layer's scope.
    package struct Names: Sendable {
        /// The norm.
        package var norm = "norm"
        /// The dropout after the ReLU, and the one before the residual.
        package var dropouts = ("dropout", "dropout1")

        /// Mask2Former's query decoder.
        package init() {}

        /// The names of other layers: DETR's, MSDeformAttn's.
        package init(norm: String, dropouts: (String, String)) { (self.norm, self.dropouts) = (norm, dropouts) }
    }

    /// Parameters `linear1.*`, `linear2.*` and the norm's in `scope`; weights start by Xavier, biases as those of the
    /// layer that this one is `copied` from, where it is one of a stack of copies.
    package init(
        _ scope: ParameterScope, channels: Int, hidden: Int, normalizesFirst: Bool, names: Names = Names(),
        dropout probability: Double = 0, copied: FeedForward? = nil
    ) {
        func linear(_ name: String, _ inputs: Int, _ outputs: Int, _ original: Linear?) -> Linear {
            Linear(
                scope.child(name), inputs: inputs, outputs: outputs, weight: .xavierUniform,
                bias: original.map { .values($0.biasValues) })
        }
        first = linear("linear1", channels, hidden, copied?.first)
        second = linear("linear2", hidden, channels, copied?.second)
        norm = LayerNorm(scope.child(names.norm), channels: channels)
        self.normalizesFirst = normalizesFirst
        hiddenDropout = Dropout(scope.child(names.dropouts.0), probability: probability)
        dropout = Dropout(scope.child(names.dropouts.1), probability: probability)
    }

    /// [B, Q, C] -> [B, Q, C].
    package func callAsFunction(_ queries: Variable, _ context: ForwardContext) -> Variable {
        if !context.recordsGradients, !normalizesFirst, queries.value.rows >= manyRows {
            return streamed(queries, context)
        }
        let input = normalizesFirst ? norm(queries, context) : queries
        let hidden = hiddenDropout(relu(first(input, context)), context)
        let sum = add(queries, dropout(second(hidden, context), context))
        return normalizesFirst ? sum : norm(sum, context)
    }

    private func streamed(_ x: Variable, _ context: ForwardContext) -> Variable {
        let steps = [first.step(x, relu: true, context), second.step(x, context), norm.step(context)]
        return Variable(stream(x.value, through: steps, residual: x.value))
    }
}
