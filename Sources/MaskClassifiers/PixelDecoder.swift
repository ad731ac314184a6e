import Autodiff
import Layers
import Networks

/// A network from the maps of a backbone to per-pixel embeddings and the maps that queries attend to.
package protocol PixelDecoder {
    /// What its output looks like.
    var outputs: PixelDecoderShapes { get }
    /// What the sides of the network's input must be multiples of; 1 for decoders that take maps of any sizes.
    var divisibility: Int { get }
    /// The backbone's maps -> mask features and maps for the query decoder.
    func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> PixelDecoderOutput
}

/// The sizes of a pixel decoder, from which it is made.
package protocol PixelDecoderConfiguration: Sendable {
    /// The decoder with initial weights for the maps `inputs` of a backbone, its parameters in `scope` (official prefix
    /// `sem_seg_head.pixel_decoder.`).
    func make(_ scope: ParameterScope, inputs: [FeatureShape]) -> any PixelDecoder
}

/// What is known of a pixel decoder's output before there is an image.
package struct PixelDecoderShapes: Sendable, Equatable {
    /// Channels of the mask features.
    package let maskChannels: Int
    /// The maps for the query decoder, coarse to fine.
    package let multiScale: [FeatureShape]
    /// What an encoder makes of the coarsest map; nil where there is none.
    package let encoded: FeatureShape?

    /// All of it.
    package init(maskChannels: Int, multiScale: [FeatureShape], encoded: FeatureShape? = nil) {
        self.maskChannels = maskChannels
        self.multiScale = multiScale
        self.encoded = encoded
    }
}

/// What a pixel decoder makes of the feature maps.
package struct PixelDecoderOutput {
    /// Per-pixel embeddings [B, H, W, mask channels], of the stride of the backbone's finest map.
    package let maskFeatures: Variable
    /// Features for the query decoder, coarse to fine, each [B, H, W, C].
    package let multiScale: [Variable]
    /// What an encoder makes of the coarsest map, [B, H, W, C]; nil where there is none.
    package let encoded: Variable?

    /// The results.
    package init(maskFeatures: Variable, multiScale: [Variable], encoded: Variable? = nil) {
        self.maskFeatures = maskFeatures
        self.multiScale = multiScale
        self.encoded = encoded
    }
}
