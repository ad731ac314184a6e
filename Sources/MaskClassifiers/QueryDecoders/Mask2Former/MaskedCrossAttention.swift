import Autodiff
import Layers
import Tensors

/// Masked cross-attention with a residual (Mask2Former, section 3.2.1; its CrossAttentionLayer around
/// nn.MultiheadAttention): queries attend to the pixels of their masks.
package struct MaskedCrossAttention: QueryCrossAttention {
    private let projections: AttentionProjections
    private let norm: LayerNorm
    private let channels: Int
    private let heads: Int
    private let normalizesFirst: Bool

    /// Parameters `multihead_attn.{in_proj_weight, in_proj_bias, out_proj.*}`, `norm.*` in `scope`, for a decoder of
    /// these sizes.
    package init(_ scope: ParameterScope, _ sizes: MultiScaleQueryDecoder.Configuration) {
        (channels, heads, normalizesFirst) = (sizes.channels, sizes.headCount, sizes.normalizesFirst)
        projections = AttentionProjections(scope.child("multihead_attn"), channels: channels)
        norm = LayerNorm(scope.child("norm"), channels: channels)
    }

    /// No: values come from the memory without its position.
    package var readsPositionedMemory: Bool { false }

    /// Queries [B, Q, C] with position [Q, C], memory [B, H, W, C], mask logits [B, H·W, Q] -> [B, Q, C].
    package func callAsFunction(
        _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        let (rows, tokens) = (queries.value.rows, memory.map.value.count)
        context.count(ForwardWork(products: 2 * (rows * channels * channels + tokens * (channels + queries.shape[1]))))
        let input = add(normalizesFirst ? norm(queries, context) : queries, position)
        let mixed = attended(input, memory, maskLogits, context)
        let sum = add(queries, projections.out(mixed, context))
        return normalizesFirst ? sum : norm(sum, context)
    }

    private func attended(
        _ queries: Variable, _ memory: QueryMemory, _ maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        let shape = memory.map.shape
        let tokenShape = [shape[0], shape[1] * shape[2], channels]
        if let positioned = memory.positioned {
            let parts = projections.projected(
                [
                    (queries, .query), (reshape(positioned, tokenShape), .key),
                    (reshape(memory.map, tokenShape), .value),
                ], context)
            return maskedAttention(parts[0], parts[1], parts[2], heads: heads, maskLogits: maskLogits)
        }
        let query = projections.projected([(queries, .query)], context)[0]
        let tiles = KeyValueTiles(memory, projections: projections, heads: heads, context)
        let attention = AttentionTiles(
            queries: query.value, queryCount: queries.shape[1], memory: tokenShape, heads: heads,
            maskLogits: maskLogits)
        return Variable(attention.attend(tiles.withTile).output)
    }
}
