import Autodiff
import Layers
import Networks

/// detectron2's ResNet with bottleneck blocks (He et al. 2015; resnet.py), and DeepLab's (projects/DeepLab, resnet.py).
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
        /// Whether the stem is DeepLab's, three 3×3 convolutions, instead of a 7×7.
        package var hasDeepLabStem = false
        /// Dilations of the 3×3 convolutions in the three blocks of res5 (RES5_MULTI_GRID).
        package var multiGrid = [1, 1, 1]

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

    private let stem: [ConvNormActivation]
    private let stages: [[Bottleneck]]
    /// res2 … res5, at strides 4, 8, 16 and 32.
    package let outputs: [FeatureShape]

    /// Parameters in `scope`: `stem.conv1.…`, in DeepLab's `stem.conv2` and `stem.conv3` too, `res2.0.conv1.…`.
    package init(_ scope: ParameterScope, _ configuration: Configuration) {
        guard let blockCounts = configuration.blockCounts else {
            preconditionFailure("ResNet: no bottleneck network of depth \(configuration.depth)")
        }
        func norm(stage: Int) -> NormKind { stage <= configuration.freezeAt ? .frozen : configuration.norm }
        let (channels, isDeepLab) = (configuration.stemChannels, configuration.hasDeepLabStem)
        let sizes = isDeepLab ? [3, channels / 2, channels / 2, channels] : [3, channels]
        stem = sizes.indices.dropFirst().map { index in
            var block = ConvNormActivation.Configuration(inputs: sizes[index - 1], outputs: sizes[index])
            (block.kernel, block.stride) = (isDeepLab ? 3 : 7, index == 1 ? 2 : 1)
            (block.norm, block.initializer) = (norm(stage: 1), .msra)
            let convolution = scope.child("stem").child("conv\(index)")
            return ConvNormActivation(convolution: convolution, norm: convolution.child("norm"), block)
        }
        if configuration.freezeAt >= 1 { stem.forEach { $0.freeze() } }

        var inputs = configuration.stemChannels
        stages = blockCounts.enumerated().map { stage, count in
            let outputs = configuration.res2Channels << stage
            return (0..<count).map { index in
                defer { inputs = outputs }
                let block = Bottleneck(
                    scope.child("res\(stage + 2)").child(index), inputs: inputs, outputs: outputs,
                    stride: stage > 0 && index == 0 ? 2 : 1, stridesIn1x1: configuration.stridesIn1x1,
                    dilation: stage == 3 ? configuration.multiGrid[index] : 1, norm: norm(stage: stage + 2))
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
        var x = context.measured("stem") {
            let last = stem.count - 1
            let x = stem[..<last].reduce(image) { $1($0, context) }
            return stem[last].maxPooled(x, kernel: 3, stride: 2, padding: 1, context)
        }
        let maps = stages.enumerated().map { stage, blocks in
            context.measured("res\(stage + 2)") {
                for block in blocks { x = block(x, context) }
            }
            return x
        }
        return FeatureMaps(outputs, maps)
    }
}
