import Layers
import Networks
import Tensors

/// A per-pixel network: any backbone, pixel decoder and head under their official names.
package final class PixelClassifier: Network {
    /// The parts it is made of.
    package struct Configuration: Sendable {
        /// The backbone and its sizes.
        package var backbone: any BackboneConfiguration
        /// The pixel decoder and its sizes.
        package var pixelDecoder: any PixelDecoderConfiguration
        /// The head and its sizes.
        package var head: any PixelHeadConfiguration
        /// How pixels become the input.
        package var input: ImageNormalization

        /// The given parts.
        package init(
            backbone: any BackboneConfiguration, pixelDecoder: any PixelDecoderConfiguration,
            head: any PixelHeadConfiguration, input: ImageNormalization = ImageNormalization()
        ) {
            self.backbone = backbone
            self.pixelDecoder = pixelDecoder
            self.head = head
            self.input = input
        }
    }

    /// What a forward pass computes on the way.
    package struct Outputs {
        /// The backbone's maps.
        package let features: FeatureMaps
        /// The pixel decoder's results.
        package let pixels: PixelDecoderOutput
        /// Class logits.
        package let predictions: PixelPredictions
    }

    /// All parameters and buffers.
    package let store: ParameterStore
    /// How pixels become the input.
    package let input: ImageNormalization
    /// Classes.
    package let classCount: Int
    private let module: PixelLevelModule
    private let head: any PixelHead

    /// A network with initial weights, a function of the seed.
    package init(_ configuration: Configuration, seed: UInt64) {
        store = ParameterStore(seed: seed)
        input = configuration.input
        classCount = configuration.head.classCount
        module = PixelLevelModule(
            store.root, backbone: configuration.backbone, decoder: configuration.pixelDecoder)
        head = configuration.head.make(
            store.root.child("sem_seg_head").child("predictor"), features: module.features, pixels: module.pixels)
    }

    /// Normalised images [B, H, W, 3] -> class logits of every pixel.
    package func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        outputs(images, context).predictions
    }

    /// Normalised images [B, H, W, 3] -> everything that the network computes.
    package func outputs(_ images: Tensor, _ context: ForwardContext) -> Outputs {
        let maps = module(images, context)
        let predictions = context.measured("sem_seg_head.predictor") {
            head(features: maps.features, pixels: maps.pixels, context)
        }
        return Outputs(features: maps.features, pixels: maps.pixels, predictions: predictions)
    }
}
