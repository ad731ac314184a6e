// The residual blocks of PIDNet (model_utils.py).
import Autodiff
import Layers

/// A residual block.
protocol PIDNetBlock {
    /// How many times its width the outputs are.
    static var expansion: Int { get }
    /// A block from `inputs` channels to `width` · expansion.
    init(_ scope: ParameterScope, inputs: Int, width: Int, stride: Int)
    /// [B, H, W, I] -> [B, H/s, W/s, O]; `above` is added to the sum, and ReLU follows where `relu` says so.
    func callAsFunction(_ x: Variable, adding above: Variable?, relu: Bool, _ context: ForwardContext) -> Variable
}

/// 3×3, 3×3, plus the input or its projection.
struct PIDNetBasicBlock: PIDNetBlock {
    static let expansion = 1
    private let convolutions: [ConvNormActivation]
    private let shortcut: ResidualShortcut

    /// Names `conv1`, `bn1`, `conv2`, `bn2`, `downsample`.
    init(_ scope: ParameterScope, inputs: Int, width: Int, stride: Int) {
        convolutions = [
            .kaiming(
                scope.child("conv1"), scope.child("bn1"), inputs: inputs, outputs: width, kernel: 3, stride: stride,
                .relu),
            .kaiming(scope.child("conv2"), scope.child("bn2"), inputs: width, outputs: width, kernel: 3),
        ]
        shortcut = ResidualShortcut(scope.child("downsample"), inputs: inputs, outputs: width, stride: stride)
    }

    func callAsFunction(_ x: Variable, adding above: Variable?, relu: Bool, _ context: ForwardContext) -> Variable {
        let residual = shortcut(x, adding: above, context)
        return convolutions[1](
            convolutions[0](x, context), context, residual: residual, activation: relu ? .relu : nil)
    }
}

/// 1×1, 3×3, 1×1 to twice the width, plus the input or its projection.
struct PIDNetBottleneck: PIDNetBlock {
    static let expansion = 2
    private let convolutions: [ConvNormActivation]
    private let shortcut: ResidualShortcut

    /// Names `conv1`, `bn1` … `conv3`, `bn3`, `downsample`.
    init(_ scope: ParameterScope, inputs: Int, width: Int, stride: Int) {
        func layer(
            _ number: Int, _ inputs: Int, _ outputs: Int, kernel: Int = 1, stride: Int = 1, _ activation: Activation
        ) -> ConvNormActivation {
            .kaiming(
                scope.child("conv\(number)"), scope.child("bn\(number)"), inputs: inputs, outputs: outputs,
                kernel: kernel, stride: stride, activation)
        }
        let outputs = Self.expansion * width
        convolutions = [
            layer(1, inputs, width, .relu), layer(2, width, width, kernel: 3, stride: stride, .relu),
            layer(3, width, outputs, .none),
        ]
        shortcut = ResidualShortcut(scope.child("downsample"), inputs: inputs, outputs: outputs, stride: stride)
    }

    func callAsFunction(_ x: Variable, adding above: Variable?, relu: Bool, _ context: ForwardContext) -> Variable {
        let residual = shortcut(x, adding: above, context)
        let y = convolutions[1](convolutions[0](x, context), context)
        return convolutions[2](y, context, residual: residual, activation: relu ? .relu : nil)
    }
}

/// The way around a block: its input, or where the size or the channels change a 1×1 convolution with BatchNorm.
private struct ResidualShortcut {
    private let projection: ConvNormActivation?

    /// Names `0` and `1`.
    init(_ scope: ParameterScope, inputs: Int, outputs: Int, stride: Int) {
        projection =
            inputs == outputs && stride == 1
            ? nil : .kaiming(scope.child(0), scope.child(1), inputs: inputs, outputs: outputs, stride: stride)
    }

    func callAsFunction(_ x: Variable, adding above: Variable?, _ context: ForwardContext) -> Variable {
        guard let projection else { return above.map { add(x, $0) } ?? x }
        return projection(x, context, residual: above)
    }
}

/// Blocks one after another, the first with a stride. ReLU follows the sums of basic blocks but the last, and of no
/// bottleneck.
struct PIDNetLayer<Block: PIDNetBlock> {
    private let blocks: [Block]

    /// Names `0`, `1`, ….
    init(_ scope: ParameterScope, inputs: Int, width: Int, count: Int, stride: Int = 1) {
        let outputs = Block.expansion * width
        blocks = (0..<count).map { index in
            Block(
                scope.child(index), inputs: index == 0 ? inputs : outputs, width: width,
                stride: index == 0 ? stride : 1)
        }
    }

    /// [B, H, W, I] -> [B, H/s, W/s, O], with the ReLU that follows where `relu` says so.
    func callAsFunction(_ x: Variable, relu: Bool = false, _ context: ForwardContext) -> Variable {
        blocks.indices.reduce(x) { x, index in
            let isLast = index == blocks.count - 1
            return blocks[index](x, adding: nil, relu: isLast ? relu : Block.expansion == 1, context)
        }
    }
}
