import Autodiff
import Kernels
import Layers

/// Context-based self-modulation (pem_pixel_decoder.py CSM): x + x · gate, the gate made of the global average of x.
struct ContextSelfModulation {
    private let reduction: ConvNormActivation
    private let expansion: Parameter

    /// Names `mlp.0.mlp.0` (C -> C/2), `mlp.0.mlp.1` (norm), `mlp.0.mlp.3` (C/2 -> C, no bias).
    init(_ scope: ParameterScope, channels: Int, norm: NormKind) {
        let perceptron = scope.child("mlp").child(0).child("mlp")
        var block = ConvNormActivation.Configuration(inputs: channels, outputs: channels / 2)
        block.norm = norm
        reduction = ConvNormActivation(convolution: perceptron.child(0), norm: perceptron.child(1), block)
        expansion = perceptron.child(3).parameter(
            "weight", [channels, channels / 2, 1, 1], layout: .convolution, .torchDefault)
    }

    /// The modulated x plus what comes from above: x [B, H, W, C], above as x or [B, 1, 1, C] -> [B, H, W, C].
    func callAsFunction(_ x: Variable, above: Variable, _ context: ForwardContext) -> Variable {
        let reduced = reduction(globalAverage(x), context)
        let expanded = convolution(
            reduced, weight: expansion.variable(in: context), bias: nil,
            ConvolutionGeometry(kernel: 1, stride: 1, padding: 0, dilation: 1))
        // PARITY: the sigmoid is taken twice, in `mlp` and again in `forward`; the trained models have it so.
        let gate = sigmoid(sigmoid(expanded))
        return modulate(x, gate: gate, above: above)
    }

    var multiplyAdds: Int { reduction.multiplyAdds(pixels: 1) + expansion.value.count }
}
