import Autodiff
import Layers
import Tensors

/// STDC's block (stdc.py CatBottleneck): convolutions of falling width, their outputs concatenated.
struct ShortTermConcatenation {
    private let convolutions: [ConvNormActivation]
    private let downsampling: ConvNormActivation?
    /// Output channels of each convolution.
    private let widths: [Int]

    /// Names `conv_list.K.conv`, `conv_list.K.bn`; a downsampling block has `avd_layer.0`, `avd_layer.1`.
    init(_ scope: ParameterScope, inputs: Int, outputs: Int, depth: Int, downsamples: Bool) {
        precondition(depth > 2, "STDC block of \(depth) convolutions")
        // Widths O/2, O/4, …; the last convolution keeps the width of the one before it.
        let widths = (0..<depth).map { outputs >> min($0 + 1, depth - 1) }
        self.widths = widths
        convolutions = (0..<depth).map { index in
            let before = index == 0 ? inputs : outputs >> index
            var block = ConvNormActivation.Configuration(inputs: before, outputs: widths[index])
            block.kernel = index == 0 ? 1 : 3
            let layer = scope.child("conv_list").child(index)
            return ConvNormActivation(convolution: layer.child("conv"), norm: layer.child("bn"), block)
        }
        guard downsamples else {
            downsampling = nil
            return
        }
        var block = ConvNormActivation.Configuration(inputs: outputs / 2, outputs: outputs / 2)
        block.kernel = 3
        block.stride = 2
        block.depthwise = true
        block.relu = false
        let layer = scope.child("avd_layer")
        downsampling = ConvNormActivation(convolution: layer.child(0), norm: layer.child(1), block)
    }

    /// [B, H, W, I] -> [B, H/s, W/s, O], s = 2 where the block downsamples.
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        guard context.recordsGradients else { return Variable(joined(x.value, context)) }
        let first = convolutions[0](x, context)
        var outputs = [downsampling == nil ? first : averagePool(first, kernel: 3, stride: 2, padding: 1)]
        var y = downsampling?(first, context) ?? first
        for convolution in convolutions.dropFirst() {
            y = convolution(y, context)
            outputs.append(y)
        }
        return concatenate(outputs)
    }

    /// The same without a graph: every convolution reads and writes its channels of the result.
    private func joined(_ x: Tensor, _ context: ForwardContext) -> Tensor {
        let scale = downsampling == nil ? 1 : 2
        let y = Tensor(
            uninitialized: [x.shape[0], x.shape[1] / scale, x.shape[2] / scale, widths.reduce(0, +)])
        var input = (map: y, channels: 0..<widths[0])
        if let downsampling {
            let first = convolutions[0](Variable(x), context)
            averagePool(first.value, kernel: 3, stride: 2, padding: 1, into: (y, 0))
            input.map = downsampling(first, context).value
        } else {
            convolutions[0](x, into: (y, 0))
        }
        for (convolution, width) in zip(convolutions, widths).dropFirst() {
            let first = input.channels.upperBound
            convolution(input.map, channels: input.channels, into: (y, first))
            input = (y, first..<first + width)
        }
        return y
    }

    func multiplyAdds(outputPixels: Int) -> Int {
        let first = convolutions[0].multiplyAdds(pixels: outputPixels * (downsampling == nil ? 1 : 4))
        let rest = convolutions.dropFirst().reduce(0) { $0 + $1.multiplyAdds(pixels: outputPixels) }
        return first + rest + (downsampling?.multiplyAdds(pixels: outputPixels) ?? 0)
    }
}
