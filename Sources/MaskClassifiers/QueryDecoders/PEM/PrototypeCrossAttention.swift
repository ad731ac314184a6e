import Autodiff
import Layers
import Tensors

/// Prototype-based masked cross-attention (PEM, section 3.2; pem_transformer_decoder.py PEM_CA): each query and head
/// attends to the single most similar pixel.
package struct PrototypeCrossAttention: QueryCrossAttention {
    /// What a query reads of the keys.
    package enum Prototypes: Sendable {
        /// The most similar one of each head.
        case selected
        /// The mean of those in its mask: an ablation of the selection.
        case mean
    }

    private let keyNorm: BatchNorm
    private let keyConvolutionWeight: Parameter
    private let keyConvolutionBias: Parameter
    private let keyProjection: Linear
    private let queryNorm: LayerNorm
    private let queryProjection: Linear
    private let projection: Linear
    private let final: Linear
    private let alpha: Parameter
    private let channels: Int
    private let heads: Int
    private let prototypes: Prototypes

    /// Names `feature_proj.{bn, to_query_3x3, out}`, `query_proj.{0, 1}`, `proj`, `final`, `alpha`.
    package init(_ scope: ParameterScope, channels: Int, heads: Int, prototypes: Prototypes = .selected) {
        let key = scope.child("feature_proj")
        keyNorm = BatchNorm(key.child("bn"), channels: channels, kind: .batch)
        let depthwise = key.child("to_query_3x3")
        keyConvolutionWeight = depthwise.parameter("weight", [channels, 1, 3, 3], layout: .depthwise, .torchDefault)
        keyConvolutionBias = depthwise.parameter("bias", [channels], .uniform(bound: 1.0 / 3))
        keyProjection = Linear(key.child("out"), inputs: channels, outputs: channels)
        queryNorm = LayerNorm(scope.child("query_proj").child(0), channels: channels)
        queryProjection = Linear(scope.child("query_proj").child(1), inputs: channels, outputs: channels)
        projection = Linear(scope.child("proj"), inputs: channels, outputs: channels)
        final = Linear(scope.child("final"), inputs: channels, outputs: channels)
        alpha = scope.parameter("alpha", [1, 1, channels], .constant(1))
        self.channels = channels
        self.heads = heads
        self.prototypes = prototypes
    }

    /// Yes.
    package var readsPositionedMemory: Bool { true }

    /// Queries [B, Q, C] with position [Q, C], memory [B, H, W, C], mask logits [B, H·W, Q] -> [B, Q, C].
    package func callAsFunction(
        _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        // The keys' convolution and projection, and their similarity to the queries.
        let values = memory.map.value.count
        context.count(ForwardWork(products: values * (9 + channels + queries.shape[1]), normalizedValues: values))
        let projected = queryProjection(queryNorm(add(queries, position), context), context)
        let normalized = l2Normalize(projected, axis: 2, epsilon: 1e-12)
        let keys = PrototypeKeys(
            memory.map, norm: keyNorm,
            depthwise: (keyConvolutionWeight.variable(in: context), keyConvolutionBias.variable(in: context)),
            projection: keyProjection.variables(context), context)
        let prototypes =
            switch prototypes {
            case .selected: keys.mostSimilar(to: normalized.value, maskLogits: maskLogits, heads: heads)
            case .mean: keys.means(queryCount: queries.shape[1], maskLogits: maskLogits)
            }
        // PARITY: pem_transformer_decoder.py normalises over the query axis (dim=1), not over the channels.
        let update = l2Normalize(projection(multiply(prototypes, normalized), context), axis: 1, epsilon: 1e-12)
        let weight = reshape(alpha.variable(in: context), [channels])
        let mixed = add(multiply(update, weight), prototypes)
        // The residual is the queries as they came, without their position.
        return add(final(mixed, context), queries)
    }
}
