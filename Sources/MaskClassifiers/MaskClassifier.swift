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
        /// How much of what is a query's by the arg-max is its panoptic segment.
        package var segmentExtent: SegmentExtent

        /// The given parts; the input is PEM's unless given, and the extent.
        package init(
            backbone: any BackboneConfiguration, pixelDecoder: any PixelDecoderConfiguration,
            queryDecoder: any QueryDecoderConfiguration, input: ImageNormalization = ImageNormalization(),
            segmentExtent: SegmentExtent = .mask
        ) {
            self.backbone = backbone
            self.pixelDecoder = pixelDecoder
            self.queryDecoder = queryDecoder
            self.input = input
            self.segmentExtent = segmentExtent
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
    private let module: PixelLevelModule
    private let queryDecoder: any QueryDecoder
    private let segmentExtent: SegmentExtent

    /// A network with initial weights, a function of the seed.
    package init(_ configuration: Configuration, seed: UInt64) {
        store = ParameterStore(seed: seed)
        input = configuration.input
        classCount = configuration.queryDecoder.classCount
        segmentExtent = configuration.segmentExtent
        module = PixelLevelModule(
            store.root, backbone: configuration.backbone, decoder: configuration.pixelDecoder)
        queryDecoder = configuration.queryDecoder.make(
            store.root.child("sem_seg_head").child("predictor"), features: module.features, pixels: module.pixels)
    }

    /// What the sides of the input must be multiples of, for the pixel decoder's sake.
    package var divisibility: Int { module.divisibility }

    /// Normalised images [B, H, W, 3] -> masks and classes of the queries.
    package func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> any Prediction {
        outputs(images, context).predictions
    }

    /// Normalised images [B, H, W, 3] -> everything that the network computes.
    package func outputs(_ images: Tensor, _ context: ForwardContext) -> Outputs {
        let maps = module(images, context)
        var predictions = context.measured("sem_seg_head.predictor") {
            queryDecoder(features: maps.features, pixels: maps.pixels, context)
        }
        predictions.segmentExtent = segmentExtent
        return Outputs(features: maps.features, pixels: maps.pixels, predictions: predictions)
    }
}
