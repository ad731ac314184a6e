import Layers
import Networks
import Tensors

/// A per-pixel network of mmsegmentation (encoder_decoder.py): any backbone and head under their official names. Logits
/// are enlarged to the input, and from there to the output.
package final class EncoderDecoder: Network {
    /// The parts it is made of.
    package struct Configuration: Sendable {
        /// The backbone and its sizes.
        package var backbone: any BackboneConfiguration
        /// The head and its sizes.
        package var head: any DecodeHeadConfiguration
        /// How pixels become the input.
        package var input: ImageNormalization

        /// The given parts.
        package init(
            backbone: any BackboneConfiguration, head: any DecodeHeadConfiguration,
            input: ImageNormalization = ImageNormalization()
        ) {
            self.backbone = backbone
            self.head = head
            self.input = input
        }
    }

    /// What a forward pass computes on the way.
    package struct Outputs {
        /// The backbone's maps.
        package let features: FeatureMaps
        /// Class logits.
        package let predictions: PixelPredictions
    }

    /// All parameters and buffers.
    package let store: ParameterStore
    /// How pixels become the input.
    package let input: ImageNormalization
    /// Classes.
    package let classCount: Int
    private let backbone: any Backbone
    private let head: any DecodeHead

    /// A network with initial weights, a function of the seed.
    package init(_ configuration: Configuration, seed: UInt64) {
        store = ParameterStore(seed: seed)
        input = configuration.input
        classCount = configuration.head.classCount
        backbone = configuration.backbone.make(store.root.child("backbone"))
        head = configuration.head.make(store.root, features: backbone.outputs)
    }

    /// Normalised images [B, H, W, 3] -> class logits of every pixel.
    package func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        outputs(images, context).predictions
    }

    /// Normalised images [B, H, W, 3] -> everything that the network computes.
    package func outputs(_ images: Tensor, _ context: ForwardContext) -> Outputs {
        let features = context.measured("backbone") { backbone(context.batch(images), context) }
        let maps = head.neck(features, context)
        let logits = context.measured("decode_head") { head(maps, context) }
        return Outputs(features: features, predictions: PixelPredictions(logits: [logits], .input))
    }
}
