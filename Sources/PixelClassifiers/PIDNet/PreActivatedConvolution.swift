import Autodiff
import Layers

/// BatchNorm, ReLU, then a convolution without bias.
struct PreActivatedConvolution {
    private let norm: BatchNorm
    private let convolution: ConvNormActivation

    /// The norm's parameters in the scope `norm`, the weight in the scope `convolution`.
    init(norm: ParameterScope, convolution: ParameterScope, inputs: Int, outputs: Int, kernel: Int = 1) {
        self.norm = BatchNorm(norm, channels: inputs, kind: .batch)
        self.convolution = .kaiming(convolution, inputs: inputs, outputs: outputs, kernel: kernel)
    }

    /// [B, H, W, I] -> [B, H, W, O], plus `residual` where there is one.
    func callAsFunction(_ x: Variable, _ context: ForwardContext, residual: Variable? = nil) -> Variable {
        convolution(norm(x, relu: true, context), context, residual: residual)
    }
}
