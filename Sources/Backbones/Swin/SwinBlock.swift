import Autodiff
import Layers

/// A block of the Swin Transformer (swin.py SwinTransformerBlock): attention within windows, then an MLP, each normed
/// before and added to its input.
struct SwinBlock {
    private let attention: WindowAttention
    private let perceptron: RowLayers
    private let attentionDropPath: DropPath
    private let perceptronDropPath: DropPath

    /// Names `norm1`, `attn`, `norm2`, `mlp.fc1`, `mlp.fc2`; `name` is that of the block among all layers.
    init(
        _ scope: ParameterScope, _ configuration: SwinTransformer.Configuration, stage: Int, shifts: Bool,
        dropPathRate: Float, name: String
    ) {
        let channels = configuration.channels(stage: stage)
        let hidden = Int(Double(channels) * configuration.hiddenRatio)
        attention = WindowAttention(
            scope.child("attn"), norm: LayerNorm(scope.child("norm1"), channels: channels), configuration,
            stage: stage, shifts: shifts)
        let mlp = scope.child("mlp")
        perceptron = RowLayers([
            .norm(LayerNorm(scope.child("norm2"), channels: channels)),
            .linear(mlp.child("fc1"), inputs: channels, outputs: hidden), .gelu,
            .linear(mlp.child("fc2"), inputs: hidden, outputs: channels),
        ])
        attentionDropPath = DropPath(rate: dropPathRate, use: name + ".attn")
        perceptronDropPath = DropPath(rate: dropPathRate, use: name + ".mlp")
    }

    /// [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        let y = attention(x, attentionDropPath, context)
        return perceptron(y, addedTo: y, perceptronDropPath, context)
    }
}
