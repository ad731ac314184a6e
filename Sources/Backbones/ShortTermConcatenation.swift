import Autodiff
import Layers

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
        block.activation = .none
        let layer = scope.child("avd_layer")
        downsampling = ConvNormActivation(convolution: layer.child(0), norm: layer.child(1), block)
    }

    /// [B, H, W, I] -> [B, H/s, W/s, O], s = 2 where the block downsamples.
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        let scale = downsampling == nil ? 1 : 2
        let (height, width) = ((x.shape[1] + scale - 1) / scale, (x.shape[2] + scale - 1) / scale)
        var maps = JoinedMaps([x.shape[0], height, width, widths.reduce(0, +)], context)
        var last: JoinedMaps.Slice
        if let downsampling {
            let first = convolutions[0](x, context)
            _ = maps.append(widths[0]) { averagePool(first, kernel: 3, stride: 2, padding: 1, into: $0) }
            last = JoinedMaps.Slice(map: downsampling(first, context))
        } else {
            last = maps.append(widths[0]) { convolutions[0](JoinedMaps.Slice(map: x), into: $0, context) }
        }
        for (convolution, width) in zip(convolutions, widths).dropFirst() {
            last = maps.append(width) { convolution(last, into: $0, context) }
        }
        return maps.joined
    }
}
