import Autodiff
import Layers
import Networks

/// SwiftFormer (Shaker et al., ICCV 2023; swiftformer.py with `fork_feat`).
package struct SwiftFormer: Backbone {
    /// How much the tokens of an image weigh in its global query. The two have the same parameters.
    package enum Attention: Sendable, Equatable {
        /// By scores that are divided by their L2 norm over the tokens: the paper's, and the official code since
        /// 26 July 2023.
        case normalized
        /// All the same: the first release, which took the softmax of each score by itself.
        case firstRelease
    }

    /// Which SwiftFormer; the defaults are SwiftFormer-XS's.
    package struct Configuration: BackboneConfiguration, Equatable {
        /// Channels of res2 … res5.
        package var widths = [48, 56, 112, 220]
        /// Blocks of the four stages, encoder blocks included.
        package var depths = [3, 3, 6, 4]
        /// How much tokens weigh.
        package var attention = Attention.normalized
        /// Drop path of the last block; it rises linearly from the first, and only encoder blocks have it.
        package var dropPathRate: Float = 0

        /// SwiftFormer-XS.
        package init() {}

        /// The backbone of these sizes.
        package func make(_ scope: ParameterScope) -> any Backbone { SwiftFormer(scope, self) }
    }

    private struct Stage {
        /// From the stage before; the first has none.
        let embedding: ConvNormActivation?
        let convolutions: [SwiftFormerConvolution]
        let encoder: SwiftFormerEncoderBlock
        let norm: BatchNorm
    }

    /// Hidden channels of pointwise layers over their input channels.
    static let hiddenRatio = 4
    /// How the weights of convolutions and linear layers start; their biases start at 0.
    static let weights = Initializer.normal(deviation: 0.02)

    private let stem: [ConvNormActivation]
    private let stages: [Stage]
    /// res2 … res5, at strides 4, 8, 16 and 32.
    package let outputs: [FeatureShape]

    /// Parameters in `scope`: `patch_embed.0.…`, `network.0.0.…`, `network.1.proj.…`, `norm0.…`.
    package init(_ scope: ParameterScope, _ configuration: Configuration) {
        let (widths, depths) = (configuration.widths, configuration.depths)
        precondition(
            widths.count == 4 && depths.count == 4 && depths.allSatisfy { $0 > 0 },
            "SwiftFormer: widths \(widths), depths \(depths), expected four of each")
        let patches = scope.child("patch_embed")
        stem = [(0, 3, widths[0] / 2), (3, widths[0] / 2, widths[0])].map { index, inputs, outputs in
            Self.halving(
                patches.child(index), norm: patches.child(index + 1), inputs: inputs, outputs: outputs, .relu)
        }
        let last = Float(max(1, depths.reduce(0, +) - 1))
        var blocksBefore = 0
        stages = depths.enumerated().map { stage, depth in
            let (width, network) = (widths[stage], scope.child("network"))
            let blocks = network.child(2 * stage)
            blocksBefore += depth
            return Stage(
                embedding: stage == 0
                    ? nil
                    : Self.halving(
                        network.child(2 * stage - 1).child("proj"), norm: network.child(2 * stage - 1).child("norm"),
                        inputs: widths[stage - 1], outputs: width, .none),
                convolutions: (0..<depth - 1).map {
                    SwiftFormerConvolution(blocks.child($0), channels: width, hidden: width * Self.hiddenRatio)
                },
                encoder: SwiftFormerEncoderBlock(
                    blocks.child(depth - 1), channels: width, configuration,
                    dropPathRate: configuration.dropPathRate * Float(blocksBefore - 1) / last),
                norm: BatchNorm(scope.child("norm\(2 * stage)"), channels: width, kind: .batch))
        }
        outputs = widths.enumerated().map { FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: $1) }
    }

    /// [B, H, W, 3] -> res2 … res5.
    package func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps {
        var x = context.measured("patch_embed") { stem.reduce(image) { $1($0, context) } }
        let maps = stages.enumerated().map { index, stage in
            if let embedding = stage.embedding {
                x = context.measured("network.\(2 * index - 1)") { embedding(x, context) }
            }
            context.measured("network.\(2 * index)") {
                for (place, convolution) in stage.convolutions.enumerated() {
                    x = context.measured("\(place)") { convolution(x, context) }
                }
                x = context.measured("\(stage.convolutions.count)") { stage.encoder(x, context) }
            }
            return context.measured("norm\(2 * index)") {
                stage.norm.count(rows: x.value.rows, context)
                return stage.norm(x, relu: false, context)
            }
        }
        return FeatureMaps(outputs, maps)
    }

    /// A 3×3 convolution of stride 2 with a bias, and BatchNorm.
    private static func halving(
        _ scope: ParameterScope, norm: ParameterScope, inputs: Int, outputs: Int, _ activation: Activation
    ) -> ConvNormActivation {
        var block = ConvNormActivation.Configuration(inputs: inputs, outputs: outputs)
        (block.kernel, block.stride, block.hasBias) = (3, 2, true)
        (block.activation, block.initializer) = (activation, weights)
        return ConvNormActivation(convolution: scope, norm: norm, block)
    }

    /// A 1×1 convolution with a bias.
    static func pointwise(_ scope: ParameterScope, inputs: Int, outputs: Int) -> RowLayers.Step {
        let weight = scope.parameter("weight", [outputs, inputs, 1, 1], layout: .convolution, weights)
        return .linear(weight, bias: scope.parameter("bias", [outputs], .constant(0)))
    }

    /// Layer scale.
    static func scale(
        _ scope: ParameterScope, _ name: String, channels: Int, initially value: Float
    ) -> RowLayers.Step {
        .scale(scope.parameter(name, [channels, 1, 1], .constant(value)))
    }
}
