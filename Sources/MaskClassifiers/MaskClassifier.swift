import Layers
import Networks
import Tensors

/// A mask-classification network: any backbone, pixel decoder and query decoder under their official names.
package final class MaskClassifier: Network {
    /// The parts it is made of.
    package struct Configuration: Sendable {
        /// The backbone and its sizes.
        package var backbone: any BackboneConfiguration
        /// The pixel decoder and its sizes.
        package var pixelDecoder: any PixelDecoderConfiguration
        /// The query decoder and its sizes.
        package var queryDecoder: any QueryDecoderConfiguration
        /// How pixels become the input.
        package var input: ImageNormalization

        /// The given parts; the input is PEM's unless given.
        package init(
            backbone: any BackboneConfiguration, pixelDecoder: any PixelDecoderConfiguration,
            queryDecoder: any QueryDecoderConfiguration, input: ImageNormalization = ImageNormalization()
        ) {
            self.backbone = backbone
            self.pixelDecoder = pixelDecoder
            self.queryDecoder = queryDecoder
            self.input = input
        }
    }

    /// What a forward pass computes on the way; the goldens look at all of it.
    package struct Outputs {
        /// The backbone's maps.
        package let features: FeatureMaps
        /// The pixel decoder's results.
        package let pixels: PixelDecoderOutput
        /// What the queries predict.
        package let predictions: MaskPredictions
    }

    /// All parameters and buffers.
    package let store: ParameterStore
    /// How pixels become the input.
    package let input: ImageNormalization
    /// Classes, without "no object".
    package let classCount: Int
    private let backbone: any Backbone
    private let pixelDecoder: any PixelDecoder
    private let queryDecoder: any QueryDecoder

    /// A network with initial weights, a function of the seed.
    package init(_ configuration: Configuration, seed: UInt64) {
        store = ParameterStore(seed: seed)
        input = configuration.input
        classCount = configuration.queryDecoder.classCount
        backbone = configuration.backbone.make(store.root.child("backbone"))
        let head = store.root.child("sem_seg_head")
        pixelDecoder = configuration.pixelDecoder.make(head.child("pixel_decoder"), inputs: backbone.outputs)
        queryDecoder = configuration.queryDecoder.make(
            head.child("predictor"), features: backbone.outputs, pixels: pixelDecoder.outputs)
    }

    /// What the sides of the input must be multiples of, for the pixel decoder's sake.
    package var divisibility: Int { pixelDecoder.divisibility }

    /// Normalised images [B, H, W, 3] -> masks and classes of the queries.
    package func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        outputs(images, context).predictions
    }

    /// Normalised images [B, H, W, 3] -> everything that the network computes.
    package func outputs(_ images: Tensor, _ context: ForwardContext) -> Outputs {
        precondition(
            images.shape[1] % divisibility == 0 && images.shape[2] % divisibility == 0,
            "the network needs sizes divisible by \(divisibility), got \(images.shape)")
        let features = context.measured("backbone") { backbone(context.batch(images), context) }
        let pixels = context.measured("sem_seg_head.pixel_decoder") { pixelDecoder(features, context) }
        let predictions = context.measured("sem_seg_head.predictor") {
            queryDecoder(features: features, pixels: pixels, context)
        }
        return Outputs(features: features, pixels: pixels, predictions: predictions)
    }
}
