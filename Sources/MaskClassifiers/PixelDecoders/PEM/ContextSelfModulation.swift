import Autodiff
import Layers

/// The gate of context-based self-modulation (pem_pixel_decoder.py CSM): x + x · gate, made of the global average of x.
struct ContextSelfModulation {
    private let reduction: ConvNormActivation
    private let expansion: ConvNormActivation

    /// Names `mlp.0.mlp.0` (C -> C/2), `mlp.0.mlp.1` (norm), `mlp.0.mlp.3` (C/2 -> C, no bias).
    init(_ scope: ParameterScope, channels: Int, norm: NormKind) {
        let perceptron = scope.child("mlp").child(0).child("mlp")
        var block = ConvNormActivation.Configuration(inputs: channels, outputs: channels / 2)
        block.norm = norm
        reduction = ConvNormActivation(convolution: perceptron.child(0), norm: perceptron.child(1), block)
        (block.inputs, block.outputs) = (channels / 2, channels)
        (block.norm, block.activation) = (.none, .none)
        let last = perceptron.child(3)
        expansion = ConvNormActivation(convolution: last, norm: last, block)
    }

    /// The average of x [B, 1, 1, C] -> the gate [B, 1, 1, C].
    func callAsFunction(_ average: Variable, _ context: ForwardContext) -> Variable {
        let expanded = expansion(reduction(average, context), context)
        // PARITY: the sigmoid is taken twice, in `mlp` and again in `forward`; the trained models have it so.
        return sigmoid(sigmoid(expanded))
    }
}
