import Autodiff
import Glibc
import Layers

/// Mix-FFN (SegFormer, equation 3): a linear map, a depthwise 3×3 convolution, which tells positions apart, GELU, and
/// a linear map, with its norm and its residual.
struct MixFeedForward {
    private let expansion: RowLayers
    private let mixing: ConvNormActivation
    private let contraction: RowLayers

    /// Names `fc1`, `dwconv.dwconv`, `fc2`; `norm` is the one before.
    init(_ scope: ParameterScope, norm: LayerNorm, channels: Int, hidden: Int) {
        let start = Initializer.normal(deviation: 0.02)
        expansion = RowLayers([
            .norm(norm), .linear(scope.child("fc1"), inputs: channels, outputs: hidden, weight: start),
        ])
        var convolution = ConvNormActivation.Configuration(inputs: hidden, outputs: hidden)
        (convolution.kernel, convolution.depthwise, convolution.hasBias) = (3, true, true)
        (convolution.norm, convolution.activation) = (.none, .none)
        // √(2 · groups / (taps · outputs)).
        convolution.initializer = .normal(deviation: sqrt(2.0 / 9))
        let depthwise = scope.child("dwconv").child("dwconv")
        mixing = ConvNormActivation(convolution: depthwise, norm: depthwise, convolution)
        contraction = RowLayers([
            .gelu, .linear(scope.child("fc2"), inputs: hidden, outputs: channels, weight: start),
        ])
    }

    /// [B, H, W, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, _ dropPath: DropPath, _ context: ForwardContext) -> Variable {
        contraction(after: mixing, expansion(x, context), addedTo: x, dropPath, context)
    }
}
