import Autodiff
import Layers

/// x plus a depthwise 3×3 convolution, BatchNorm, and two pointwise layers with GELU between, times a factor by channel
/// (swiftformer.py ConvEncoder, and SwiftFormerLocalRepresentation with as many hidden channels as channels).
struct SwiftFormerConvolution {
    private let depthwise: ConvNormActivation
    private let layers: RowLayers

    /// Names `dwconv`, `norm`, `pwconv1`, `pwconv2`, `layer_scale`.
    init(_ scope: ParameterScope, channels: Int, hidden: Int) {
        var block = ConvNormActivation.Configuration(inputs: channels, outputs: channels)
        (block.kernel, block.depthwise, block.hasBias) = (3, true, true)
        (block.activation, block.initializer) = (.none, SwiftFormer.weights)
        depthwise = ConvNormActivation(convolution: scope.child("dwconv"), norm: scope.child("norm"), block)
        layers = RowLayers([
            SwiftFormer.pointwise(scope.child("pwconv1"), inputs: channels, outputs: hidden), .gelu,
            SwiftFormer.pointwise(scope.child("pwconv2"), inputs: hidden, outputs: channels),
            SwiftFormer.scale(scope, "layer_scale", channels: channels, initially: 1),
        ])
    }

    /// [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        layers(after: depthwise, x, addedTo: x, nil, context)
    }
}
