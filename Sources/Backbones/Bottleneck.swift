import Autodiff
import Layers

/// A ResNet bottleneck block: 1×1, 3×3, 1×1, plus the input or its projection, then ReLU (resnet.py BottleneckBlock).
struct Bottleneck {
    private let convolutions: [ConvNormActivation]
    private let shortcut: ConvNormActivation?

    /// Names `conv1`, `conv2`, `conv3` and, where the channels change, `shortcut`, each with `norm` beneath; `dilation`
    /// is that of the 3×3.
    init(
        _ scope: ParameterScope, inputs: Int, outputs: Int, stride: Int, stridesIn1x1: Bool, dilation: Int,
        norm: NormKind
    ) {
        func layer(
            _ name: String, _ sizes: (Int, Int), kernel: Int, stride: Int, _ activation: Activation = .relu
        ) -> ConvNormActivation {
            var block = ConvNormActivation.Configuration(inputs: sizes.0, outputs: sizes.1)
            block.kernel = kernel
            block.dilation = kernel == 3 ? dilation : 1
            block.stride = stride
            block.activation = activation
            block.norm = norm
            block.initializer = .msra
            let convolution = scope.child(name)
            return ConvNormActivation(convolution: convolution, norm: convolution.child("norm"), block)
        }
        let width = outputs / 4
        let strideOfFirst = stridesIn1x1 ? stride : 1
        shortcut =
            inputs == outputs
            ? nil : layer("shortcut", (inputs, outputs), kernel: 1, stride: stride, .none)
        convolutions = [
            layer("conv1", (inputs, width), kernel: 1, stride: strideOfFirst),
            layer("conv2", (width, width), kernel: 3, stride: stride / strideOfFirst),
            layer("conv3", (width, outputs), kernel: 1, stride: 1),
        ]
    }

    /// [B, H, W, I] -> [B, H/s, W/s, O].
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        let residual = shortcut?(x, context) ?? x
        let y = convolutions[1](convolutions[0](x, context), context)
        return convolutions[2](y, context, residual: residual)
    }

    /// Freezes every convolution of the block.
    func freeze() {
        for convolution in convolutions { convolution.freeze() }
        shortcut?.freeze()
    }
}
