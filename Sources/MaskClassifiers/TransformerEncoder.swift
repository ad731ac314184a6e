import Autodiff
import Layers

/// DETR's encoder among the pixels of one map (Carion et al. 2020; MaskFormer's transformer.py): layers of
/// self-attention and a feed-forward network.
struct TransformerEncoder {
    /// Sizes of the encoder.
    struct Configuration {
        /// Channels of the map.
        var channels: Int
        /// Attention heads.
        var headCount: Int
        /// Hidden channels of a feed-forward layer.
        var feedForwardChannels: Int
        /// Number of layers.
        var layerCount: Int
        /// Whether layers normalise before their work, and a norm follows the last.
        var normalizesFirst: Bool
        /// Of attention probabilities, of hidden values, and of what is added to the map.
        var dropout: Double
    }

    private let layers: [(attention: SelfAttention, feedForward: FeedForward)]
    private let norm: LayerNorm?

    /// Parameters `layers.*` and, where layers normalise first, `norm` in `scope`. The feed-forward layers start as
    /// copies of the first one.
    init(_ scope: ParameterScope, _ sizes: Configuration) {
        let channels = sizes.channels
        layers = (0..<sizes.layerCount).reduce(into: []) { layers, index in
            let layer = scope.child("layers").child(index)
            let attention = SelfAttention(
                MultiheadAttention(
                    layer.child("self_attn"), channels: channels, heads: sizes.headCount, dropout: sizes.dropout),
                norm: LayerNorm(layer.child("norm1"), channels: channels),
                dropout: Dropout(layer.child("dropout1"), probability: sizes.dropout),
                normalizesFirst: sizes.normalizesFirst)
            let feedForward = FeedForward(
                layer, channels: channels, hidden: sizes.feedForwardChannels, normalizesFirst: sizes.normalizesFirst,
                names: FeedForward.Names(norm: "norm2", dropouts: ("dropout", "dropout2")), dropout: sizes.dropout,
                copied: layers.first?.feedForward)
            layers.append((attention, feedForward))
        }
        norm = sizes.normalizesFirst ? LayerNorm(scope.child("norm"), channels: channels) : nil
    }

    /// [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ map: Variable, _ context: ForwardContext) -> Variable {
        if layers.isEmpty { return norm?(map, context) ?? map }
        let (shape, pixels) = (map.shape, map.shape[1] * map.shape[2])
        let sine = sinePosition(images: 1, height: shape[1], width: shape[2], channels: shape[3])
        let position = Variable(sine.reshaped([pixels, shape[3]]))
        var tokens = reshape(map, [shape[0], pixels, shape[3]])
        for (index, layer) in layers.enumerated() {
            context.measured("encoder.layers.\(index)") {
                tokens = context.measured("self_attn") { layer.attention(tokens, position: position, context) }
                tokens = context.measured("ffn") { layer.feedForward(tokens, context) }
            }
        }
        return reshape(norm?(tokens, context) ?? tokens, shape)
    }
}
