import Autodiff
import Layers
import Networks

/// detectron2's ResNet with bottleneck blocks and the basic stem (He et al. 2015; resnet.py).
package struct ResNet: Backbone {
    /// Which ResNet; the defaults are those of the PEM configurations.
    package struct Configuration: BackboneConfiguration, Equatable {
        /// 50, 101 or 152.
        package var depth = 50
        /// The norm of unfrozen stages.
        package var norm = NormKind.batch
        /// How many stages are frozen: 1 the stem, 2 the stem and res2, ….
        package var freezeAt = 0
        /// Channels of the stem.
        package var stemChannels = 64
        /// Output channels of res2; the later stages double them.
        package var res2Channels = 256
        /// Whether a block's stride sits in its first 1×1 convolution instead of the 3×3.
        package var stridesIn1x1 = false

        /// ResNet-50 with BatchNorm, nothing frozen.
        package init() {}

        /// The backbone of these sizes.
        package func make(_ scope: ParameterScope) -> any Backbone { ResNet(scope, self) }

        /// Blocks of res2 … res5; nil for a depth that has no bottleneck blocks.
        package var blockCounts: [Int]? {
            switch depth {
            case 50: [3, 4, 6, 3]
            case 101: [3, 4, 23, 3]
            case 152: [3, 8, 36, 3]
            default: nil
            }
        }
    }

    private let stem: ConvNormActivation
    private let stages: [[Bottleneck]]
    /// res2 … res5, at strides 4, 8, 16 and 32.
    package let outputs: [FeatureShape]

    /// Parameters in `scope`: `stem.conv1.…`, `res2.0.conv1.…`.
    package init(_ scope: ParameterScope, _ configuration: Configuration) {
        guard let blockCounts = configuration.blockCounts else {
            preconditionFailure("ResNet: no bottleneck network of depth \(configuration.depth)")
        }
        func norm(stage: Int) -> NormKind { stage <= configuration.freezeAt ? .frozen : configuration.norm }
        var block = ConvNormActivation.Configuration(inputs: 3, outputs: configuration.stemChannels)
        block.kernel = 7
        block.stride = 2
        block.norm = norm(stage: 1)
        block.initializer = .msra
        let convolution = scope.child("stem").child("conv1")
        stem = ConvNormActivation(convolution: convolution, norm: convolution.child("norm"), block)
        if configuration.freezeAt >= 1 { stem.freeze() }

        var inputs = configuration.stemChannels
        stages = blockCounts.enumerated().map { stage, count in
            let outputs = configuration.res2Channels << stage
            return (0..<count).map { index in
                defer { inputs = outputs }
                let block = Bottleneck(
                    scope.child("res\(stage + 2)").child(index), inputs: inputs, outputs: outputs,
                    stride: stage > 0 && index == 0 ? 2 : 1, stridesIn1x1: configuration.stridesIn1x1,
                    norm: norm(stage: stage + 2))
                if configuration.freezeAt >= stage + 2 { block.freeze() }
                return block
            }
        }
        outputs = (0..<4).map {
            FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: configuration.res2Channels << $0)
        }
    }

    /// [B, H, W, 3] -> res2 … res5.
    package func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps {
        var x = context.measured("stem") { maxPool(stem(image, context), kernel: 3, stride: 2, padding: 1) }
        let maps = stages.enumerated().map { stage, blocks in
            context.measured("res\(stage + 2)") {
                for block in blocks { x = block(x, context) }
            }
            return x
        }
        return FeatureMaps(outputs, maps)
    }
}
