import Autodiff
import Layers
import Tensors

/// A transformer encoder over the pixels of several maps (Mask2Former's MSDeformAttnTransformerEncoderOnly).
struct DeformableEncoder {
    /// Deformable attention, then a feed-forward network, each with a residual and a norm after it.
    private struct Layer {
        let attention: DeformableAttention
        let feedForward: FeedForward
    }

    private let levelEmbedding: Parameter
    private let layers: [Layer]

    /// Parameters `level_embed`, `encoder.layers.*` in `scope`.
    init(_ scope: ParameterScope, levels: Int, _ configuration: MSDeformAttnPixelDecoder.Configuration) {
        let (channels, stack) = (configuration.channels, scope.child("encoder").child("layers"))
        // PARITY: a bare parameter, so that weight decay applies to it.
        levelEmbedding = scope.parameter("level_embed", [levels, channels], .normal(deviation: 1))
        layers = (0..<configuration.layerCount).reduce(into: []) { layers, index in
            let scope = stack.child(index)
            let attention = DeformableAttention(
                scope, channels: channels, heads: configuration.headCount, levels: levels, points: 4,
                dropout: configuration.dropout)
            // PARITY: the official layers are deep copies, of which only the weights are drawn again.
            let feedForward = FeedForward(
                scope, channels: channels, hidden: configuration.feedForwardChannels, normalizesFirst: false,
                names: FeedForward.Names(norm: "norm2", dropouts: ("dropout2", "dropout3")),
                dropout: configuration.dropout, copied: layers.first?.feedForward)
            layers.append(Layer(attention: attention, feedForward: feedForward))
        }
    }

    /// Maps [B, Hₗ, Wₗ, C] -> maps of the same shapes.
    func callAsFunction(_ maps: [Variable], _ context: ForwardContext) -> [Variable] {
        let levels = TokenLevels(maps.map { ($0.shape[1], $0.shape[2]) })
        var (tokens, position) = context.measured("tokens") { (joinedTokens(maps), positions(levels, context)) }
        for (index, layer) in layers.enumerated() {
            context.measured("encoder.layers.\(index)") {
                tokens = context.measured("self_attn") {
                    layer.attention(tokens, position: position, levels: levels, context)
                }
                tokens = context.measured("ffn") { layer.feedForward(tokens, context) }
            }
        }
        return levels.levels.map { tokenMap(tokens, $0) }
    }

    /// Sine positions plus the embedding of the level, [N, C].
    private func positions(_ levels: TokenLevels, _ context: ForwardContext) -> Variable {
        let embedding = levelEmbedding.variable(in: context)
        let channels = embedding.shape[1]
        let maps = levels.levels.enumerated().map { index, level in
            add(
                Variable(sinePosition(images: 1, height: level.height, width: level.width, channels: channels)),
                reshape(slice(embedding, index..<index + 1), [channels]))
        }
        return reshape(joinedTokens(maps), [levels.count, channels])
    }
}
