import Autodiff
import Layers

/// The last block of a stage (swiftformer.py SwiftFormerEncoder): local representation, attention, pointwise layers,
/// each added to its input.
struct SwiftFormerEncoderBlock {
    private let localRepresentation: SwiftFormerConvolution
    private let attention: EfficientAdditiveAttention
    private let perceptron: RowLayers
    private let attentionDropPath: DropPath
    private let perceptronDropPath: DropPath

    /// Names `local_representation`, `attn`, `linear.norm1`, `linear.fc1`, `linear.fc2`, `layer_scale_1`,
    /// `layer_scale_2`.
    init(_ scope: ParameterScope, channels: Int, _ configuration: SwiftFormer.Configuration, dropPathRate: Float) {
        func scale(_ name: String) -> RowLayers.Step {
            SwiftFormer.scale(scope, name, channels: channels, initially: 1e-5)
        }
        localRepresentation = SwiftFormerConvolution(
            scope.child("local_representation"), channels: channels, hidden: channels)
        attention = EfficientAdditiveAttention(
            scope.child("attn"), channels: channels, scale: scale("layer_scale_1"),
            normalizes: configuration.attention == .normalized)
        let (linear, hidden) = (scope.child("linear"), channels * SwiftFormer.hiddenRatio)
        perceptron = RowLayers([
            .batchNorm(BatchNorm(linear.child("norm1"), channels: channels, kind: .batch)),
            SwiftFormer.pointwise(linear.child("fc1"), inputs: channels, outputs: hidden), .gelu,
            SwiftFormer.pointwise(linear.child("fc2"), inputs: hidden, outputs: channels), scale("layer_scale_2"),
        ])
        attentionDropPath = DropPath(rate: dropPathRate, use: scope.path + ".attn")
        perceptronDropPath = DropPath(rate: dropPathRate, use: scope.path + ".linear")
    }

    /// [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        let y = attention(localRepresentation(x, context), attentionDropPath, context)
        return perceptron(y, addedTo: y, perceptronDropPath, context)
    }
}
