import Autodiff
import Layers

/// STDC's block (stdc.py CatBottleneck): convolutions of falling width, their outputs concatenated.
struct ShortTermConcatenation {
    private let convolutions: [ConvNormActivation]
    private let downsampling: ConvNormActivation?

    /// Names `conv_list.K.conv`, `conv_list.K.bn`; a downsampling block has `avd_layer.0`, `avd_layer.1`.
    init(_ scope: ParameterScope, inputs: Int, outputs: Int, depth: Int, downsamples: Bool) {
        precondition(depth > 2, "STDC block of \(depth) convolutions")
        convolutions = (0..<depth).map { index in
            // Widths O/2, O/4, …; the last convolution keeps the width of the one before it.
            let width = outputs >> min(index + 1, depth - 1)
            let before = index == 0 ? inputs : outputs >> index
            var block = ConvNormActivation.Configuration(inputs: before, outputs: width)
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
        let first = convolutions[0](x, context)
        var outputs = [downsampling == nil ? first : averagePool(first, kernel: 3, stride: 2, padding: 1)]
        var y = downsampling?(first, context) ?? first
        for convolution in convolutions.dropFirst() {
            y = convolution(y, context)
            outputs.append(y)
        }
        return concatenate(outputs)
    }

    func multiplyAdds(outputPixels: Int) -> Int {
        let first = convolutions[0].multiplyAdds(pixels: outputPixels * (downsampling == nil ? 1 : 4))
        let rest = convolutions.dropFirst().reduce(0) { $0 + $1.multiplyAdds(pixels: outputPixels) }
        return first + rest + (downsampling?.multiplyAdds(pixels: outputPixels) ?? 0)
    }
}
