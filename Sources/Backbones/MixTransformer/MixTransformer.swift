import Autodiff
import Layers
import Networks

/// The Mix Transformer (Xie et al., SegFormer, NeurIPS 2021; NVlabs/SegFormer mix_transformer.py), for inputs of any
/// size from which every stage has a map as large as its reduction.
package struct MixTransformer: Backbone {
    /// Which Mix Transformer; the defaults are MiT-B0's.
    package struct Configuration: BackboneConfiguration, Equatable {
        /// Channels of the four stages.
        package var channels = [32, 64, 160, 256]
        /// Blocks of the four stages.
        package var depths = [2, 2, 2, 2]
        /// Attention heads of the four stages.
        package var headCounts = [1, 2, 5, 8]
        /// Pixels, on a side, that become one key: R of the paper, whose reduction ratio is R².
        package var reductions = [8, 4, 2, 1]
        /// Hidden channels of a block's MLP over its channels.
        package var hiddenRatios = [4, 4, 4, 4]
        /// Drop path of the last block; it rises linearly from the first.
        package var dropPathRate: Float = 0.1

        /// MiT-B0.
        package init() {}

        /// The backbone of these sizes.
        package func make(_ scope: ParameterScope) -> any Backbone { MixTransformer(scope, self) }
    }

    private let stages: [MixTransformerStage]
    /// res2 … res5, at strides 4, 8, 16 and 32.
    package let outputs: [FeatureShape]

    /// Parameters in `scope`: `patch_embed1.…`, `block1.0.…`, `norm1.…`, ….
    package init(_ scope: ParameterScope, _ configuration: Configuration) {
        let depths = configuration.depths
        precondition(
            [configuration.channels, depths, configuration.headCounts, configuration.reductions]
                .allSatisfy { $0.count == 4 } && configuration.hiddenRatios.count == 4,
            "MiT: expected four stages, got \(configuration)")
        let last = Float(max(1, depths.reduce(0, +) - 1))
        stages = (0..<4).map { stage in
            let first = depths[..<stage].reduce(0, +)
            return MixTransformerStage(
                scope, configuration, stage: stage,
                dropPathRates: (first..<first + depths[stage]).map { configuration.dropPathRate * Float($0) / last })
        }
        outputs = (0..<4).map {
            FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: configuration.channels[$0])
        }
    }

    /// [B, H, W, 3] -> res2 … res5.
    package func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps {
        var maps: [Variable] = []
        for stage in stages { maps.append(stage(maps.last ?? image, context)) }
        return FeatureMaps(outputs, maps)
    }
}

/// Overlapping patches as tokens, blocks, and a norm.
private struct MixTransformerStage {
    private let patches: OverlapPatchEmbedding
    private let blocks: [MixTransformerBlock]
    private let norm: LayerNorm
    private let number: Int

    /// Names `patch_embedS`, `blockS`, `normS`, S from 1.
    init(
        _ scope: ParameterScope, _ configuration: MixTransformer.Configuration, stage: Int, dropPathRates: [Float]
    ) {
        let channels = configuration.channels[stage]
        let number = stage + 1
        self.number = number
        patches = OverlapPatchEmbedding(
            scope.child("patch_embed\(number)"), inputs: stage == 0 ? 3 : configuration.channels[stage - 1],
            outputs: channels, isFirst: stage == 0)
        blocks = dropPathRates.enumerated().map { place, rate in
            MixTransformerBlock(
                scope.child("block\(number)").child(place), configuration, stage: stage, dropPathRate: rate)
        }
        norm = LayerNorm(scope.child("norm\(number)"), channels: channels, epsilon: MixTransformerBlock.epsilon)
    }

    /// [B, H, W, I] -> [B, ⌈H / s⌉, ⌈W / s⌉, C], s 4 in the first stage and 2 in the others.
    func callAsFunction(_ x: Variable, _ context: ForwardContext) -> Variable {
        var tokens = context.measured("patch_embed\(number)") { patches(x, context) }
        for (place, block) in blocks.enumerated() {
            tokens = context.measured("block\(number).\(place)") { block(tokens, context) }
        }
        return context.measured("norm\(number)") { norm(tokens, context) }
    }
}
