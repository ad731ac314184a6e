import Layers
import Networks
import Tensors

/// Backbone and pixel decoder: what MaskFormer's paper calls the pixel-level module.
struct PixelLevelModule {
    /// What it makes of images.
    struct Outputs {
        /// The backbone's maps.
        let features: FeatureMaps
        /// The pixel decoder's results.
        let pixels: PixelDecoderOutput
    }

    private let backbone: any Backbone
    private let decoder: any PixelDecoder

    /// Parameters `backbone.*` and `sem_seg_head.pixel_decoder.*` in the root `scope`.
    init(
        _ scope: ParameterScope, backbone: any BackboneConfiguration, decoder: any PixelDecoderConfiguration
    ) {
        self.backbone = backbone.make(scope.child("backbone"))
        self.decoder = decoder.make(
            scope.child("sem_seg_head").child("pixel_decoder"), inputs: self.backbone.outputs)
    }

    /// What is known of the backbone's maps.
    var features: [FeatureShape] { backbone.outputs }
    /// What is known of the pixel decoder's results.
    var pixels: PixelDecoderShapes { decoder.outputs }
    /// What the sides of the input must be multiples of, for the pixel decoder's sake.
    var divisibility: Int { decoder.divisibility }

    /// Normalised images [B, H, W, 3] -> all maps.
    func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> Outputs {
        precondition(
            images.shape[1] % divisibility == 0 && images.shape[2] % divisibility == 0,
            "the network needs sizes divisible by \(divisibility), got \(images.shape)")
        let features = context.measured("backbone") { backbone(context.batch(images), context) }
        let pixels = context.measured("sem_seg_head.pixel_decoder") { decoder(features, context) }
        return Outputs(features: features, pixels: pixels)
    }
}
