import Autodiff
import Layers

/// A ResNet bottleneck block: 1×1, 3×3, 1×1, plus the input or its projection, then ReLU (resnet.py BottleneckBlock).
struct Bottleneck {
    private let convolutions: [ConvNormActivation]
    private let shortcut: ConvNormActivation?
    private let strideOfFirst: Int
    private let stride: Int

    /// Names `conv1`, `conv2`, `conv3` and, where the channels change, `shortcut`, each with `norm` beneath.
    init(
        _ scope: ParameterScope, inputs: Int, outputs: Int, stride: Int, stridesIn1x1: Bool, norm: NormKind
    ) {
        func layer(_ name: String, _ sizes: (Int, Int), kernel: Int, stride: Int, relu: Bool) -> ConvNormActivation {
            var block = ConvNormActivation.Configuration(inputs: sizes.0, outputs: sizes.1)
            block.kernel = kernel
            block.stride = stride
            block.relu = relu
            block.norm = norm
            block.initializer = .msra
            let convolution = scope.child(name)
            return ConvNormActivation(convolution: convolution, norm: convolution.child("norm"), block)
        }
        let width = outputs / 4
        self.stride = stride
        strideOfFirst = stridesIn1x1 ? stride : 1
        shortcut =
            inputs == outputs
            ? nil : layer("shortcut", (inputs, outputs), kernel: 1, stride: stride, relu: false)
        convolutions = [
            layer("conv1", (inputs, width), kernel: 1, stride: strideOfFirst, relu: true),
            layer("conv2", (width, width), kernel: 3, stride: stride / strideOfFirst, relu: true),
            layer("conv3", (width, outputs), kernel: 1, stride: 1, relu: true),
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

    func multiplyAdds(outputPixels: Int) -> Int {
        let enlarged = stride / strideOfFirst
        return convolutions[0].multiplyAdds(pixels: outputPixels * enlarged * enlarged)
            + convolutions[1].multiplyAdds(pixels: outputPixels) + convolutions[2].multiplyAdds(pixels: outputPixels)
            + (shortcut?.multiplyAdds(pixels: outputPixels) ?? 0)
    }
}
