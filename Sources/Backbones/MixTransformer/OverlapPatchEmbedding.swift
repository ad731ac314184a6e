import Autodiff
import Layers

/// Patches that overlap as tokens (SegFormer, section 3.1, overlapped patch merging): a convolution and a norm.
struct OverlapPatchEmbedding {
    private let projection: ConvNormActivation
    private let norm: LayerNorm

    /// Names `proj`, `norm`. The first has 7×7 pixels a patch and stride 4, the others 3×3 and stride 2.
    init(_ scope: ParameterScope, inputs: Int, outputs: Int, isFirst: Bool) {
        var convolution = ConvNormActivation.Configuration(inputs: inputs, outputs: outputs)
        (convolution.kernel, convolution.stride) = isFirst ? (7, 4) : (3, 2)
        (convolution.hasBias, convolution.norm, convolution.activation) = (true, .none, .none)
        convolution.initializer = .msra
        projection = ConvNormActivation(convolution: scope.child("proj"), norm: scope, convolution)
        norm = LayerNorm(scope.child("norm"), channels: outputs)
    }

    /// [B, H, W, I] -> [B, ⌈H / s⌉, ⌈W / s⌉, O].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable { norm(projection(x, context), context) }
}
