import Autodiff
import Glibc
import Layers

/// Logits of a map: BatchNorm, ReLU, 3×3, BatchNorm, ReLU, 1×1 with bias (segmenthead).
struct PIDNetHead {
    private let norm: BatchNorm
    private let convolution: ConvNormActivation
    private let classifier: ConvNormActivation

    /// Names `bn1`, `conv1`, `bn2`, `conv2`.
    init(_ scope: ParameterScope, inputs: Int, width: Int, outputs: Int) {
        norm = BatchNorm(scope.child("bn1"), channels: inputs, kind: .batch)
        convolution = .kaiming(
            scope.child("conv1"), scope.child("bn2"), inputs: inputs, outputs: width, kernel: 3, .relu)
        var sizes = ConvNormActivation.Configuration(inputs: width, outputs: outputs)
        (sizes.hasBias, sizes.norm, sizes.activation, sizes.initializer) = (true, .none, .none, .msra)
        sizes.biasInitializer = .uniform(bound: 1 / sqrt(Double(width)))
        classifier = ConvNormActivation(convolution: scope.child("conv2"), norm: scope, sizes)
    }

    /// [B, H, W, I] -> [B, H, W, O].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        classifier(convolution(norm(x, relu: true, context), context), context)
    }
}
