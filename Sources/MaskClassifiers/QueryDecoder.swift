import Layers
import Networks

/// A network that asks the maps of an image for objects: queries to masks and classes.
package protocol QueryDecoder {
    /// The maps of backbone and pixel decoder -> what the queries predict after each layer.
    func callAsFunction(features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext) -> MaskPredictions
}

/// The sizes of a query decoder, from which it is made.
package protocol QueryDecoderConfiguration: Sendable {
    /// Classes, without "no object".
    var classCount: Int { get }
    /// The decoder with initial weights for the maps of a backbone and of a pixel decoder, its parameters in `scope`
    /// (official prefix `sem_seg_head.predictor.`).
    func make(_ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes) -> any QueryDecoder
}
