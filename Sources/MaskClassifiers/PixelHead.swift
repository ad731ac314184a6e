import Layers
import Networks

/// A network that classifies every pixel by the maps of an image.
package protocol PixelHead {
    /// The maps of backbone and pixel decoder -> class logits at the mask features' stride; those of earlier layers
    /// only in a pass that records gradients.
    func callAsFunction(
        features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> PixelPredictions
}

/// The sizes of a head, from which it is made.
package protocol PixelHeadConfiguration: Sendable {
    /// Classes.
    var classCount: Int { get }
    /// The head with initial weights for the maps of a backbone and of a pixel decoder, its parameters in `scope`
    /// (official prefix `sem_seg_head.predictor.`).
    func make(_ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes) -> any PixelHead
}
