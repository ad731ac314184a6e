import Autodiff
import Layers
import Networks

/// The Swin Transformer (Liu et al., ICCV 2021; Mask2Former's swin.py, D2SwinTransformer), for inputs of any size.
package struct SwinTransformer: Backbone {
    /// Which Swin Transformer; the defaults are Swin-T's.
    package struct Configuration: BackboneConfiguration, Equatable {
        /// Channels of res2; the later stages double them.
        package var embeddingChannels = 96
        /// Blocks of the four stages.
        package var depths = [2, 2, 6, 2]
        /// Attention heads of the four stages.
        package var headCounts = [3, 6, 12, 24]
        /// Tokens of a window, on a side.
        package var windowSize = 7
        /// Hidden channels of a block's MLP over its channels.
        package var hiddenRatio = 4.0
        /// Whether queries, keys and values have biases.
        package var hasQKVBias = true
        /// The scale of queries; nil: 1 / √(channels of a head).
        package var queryScale: Float?
        /// Drop path of the last block; it rises linearly from the first.
        package var dropPathRate: Float = 0.3
        /// Whether patches are normalised.
        package var normalizesPatches = true
        /// Side of the images for which absolute positions are learned; nil: there are none.
        package var positionImageSize: Int?
        /// Whether blocks are computed again in the backward pass.
        package var recomputesBlocks = false
        /// Whether tables of relative positions in weights for another window are resized, bicubically.
        package var resizesPositionTables = false

        /// Swin-T.
        package init() {}

        /// The backbone of these sizes.
        package func make(_ scope: ParameterScope) -> any Backbone { SwinTransformer(scope, self) }

        /// Channels of a stage.
        func channels(stage: Int) -> Int { embeddingChannels << stage }
    }

    private let embedding: PatchEmbedding
    private let stages: [[SwinBlock]]
    private let mergings: [PatchMerging]
    private let norms: [LayerNorm]
    private let recomputesBlocks: Bool
    /// res2 … res5, at strides 4, 8, 16 and 32.
    package let outputs: [FeatureShape]

    /// Parameters in `scope`: `patch_embed.…`, `layers.0.blocks.0.…`, `layers.0.downsample.…`, `norm0.…`.
    package init(_ scope: ParameterScope, _ configuration: Configuration) {
        let depths = configuration.depths
        precondition(
            depths.count == 4 && configuration.headCounts.count == 4,
            "Swin: depths \(depths), heads \(configuration.headCounts), expected four of each")
        embedding = PatchEmbedding(scope, configuration)
        let layers = scope.child("layers")
        let last = Float(max(1, depths.reduce(0, +) - 1))
        var index = 0
        var mergings: [PatchMerging] = []
        stages = depths.enumerated().map { stage, depth in
            let layer = layers.child(stage)
            let blocks = (0..<depth).map { place in
                defer { index += 1 }
                return SwinBlock(
                    layer.child("blocks").child(place), configuration, stage: stage, shifts: place % 2 == 1,
                    dropPathRate: configuration.dropPathRate * Float(index) / last,
                    name: "backbone.layers.\(stage).blocks.\(place)")
            }
            if stage < 3 {
                let channels = configuration.channels(stage: stage)
                mergings.append(PatchMerging(layer.child("downsample"), channels: channels))
            }
            return blocks
        }
        self.mergings = mergings
        norms = (0..<4).map { LayerNorm(scope.child("norm\($0)"), channels: configuration.channels(stage: $0)) }
        recomputesBlocks = configuration.recomputesBlocks
        outputs = (0..<4).map {
            FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: configuration.channels(stage: $0))
        }
    }

    /// [B, H, W, 3] -> res2 … res5.
    package func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps {
        var x = context.measured("patch_embed") { embedding(image, context) }
        let maps = stages.enumerated().map { stage, blocks in
            context.measured("layers.\(stage)") {
                for block in blocks {
                    x = recomputesBlocks ? context.recomputed([x]) { block($0[0], $1) } : block(x, context)
                }
                let map = norms[stage](x, context)
                if stage < mergings.count { x = mergings[stage](x, context) }
                return map
            }
        }
        return FeatureMaps(outputs, maps)
    }
}
