import Autodiff
import Layers

/// A block of the Mix Transformer: efficient self-attention, then Mix-FFN, each normed before and added to its input.
struct MixTransformerBlock {
    /// Of the norms before attention and MLP, and of the one after a stage; the others have PyTorch's.
    static let epsilon: Float = 1e-6

    private let attention: EfficientSelfAttention
    private let feedForward: MixFeedForward
    private let attentionDropPath: DropPath
    private let feedForwardDropPath: DropPath

    /// Names `norm1`, `attn`, `norm2`, `mlp`.
    init(
        _ scope: ParameterScope, _ configuration: MixTransformer.Configuration, stage: Int, dropPathRate: Float
    ) {
        let channels = configuration.channels[stage]
        attention = EfficientSelfAttention(
            scope.child("attn"), norm: LayerNorm(scope.child("norm1"), channels: channels, epsilon: Self.epsilon),
            channels: channels, heads: configuration.headCounts[stage], reduction: configuration.reductions[stage])
        feedForward = MixFeedForward(
            scope.child("mlp"), norm: LayerNorm(scope.child("norm2"), channels: channels, epsilon: Self.epsilon),
            channels: channels, hidden: channels * configuration.hiddenRatios[stage])
        attentionDropPath = DropPath(rate: dropPathRate, use: scope.child("attn").path)
        feedForwardDropPath = DropPath(rate: dropPathRate, use: scope.child("mlp").path)
    }

    /// [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        feedForward(attention(x, attentionDropPath, context), feedForwardDropPath, context)
    }
}
