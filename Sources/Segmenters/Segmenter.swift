import Autodiff
import Backbones
import Layers
import PixelDecoders
import Tensors
import TransformerDecoders

/// A mask-classification network: backbone, pixel decoder and transformer decoder under their official names.
package final class Segmenter {
    /// Which network.
    package struct Configuration: Sendable, Equatable {
        /// The backbone and its sizes.
        package var backbone: BackboneConfiguration
        /// The pixel decoder's sizes.
        package var pixelDecoder = PEMPixelDecoder.Configuration()
        /// The transformer decoder's sizes.
        package var transformerDecoder = PEMTransformerDecoder.Configuration()
        /// How pixels become the input.
        package var normalization = ImageNormalization()

        /// PEM on the given backbone.
        package init(backbone: BackboneConfiguration) { self.backbone = backbone }
    }

    /// The backbones there are.
    package enum BackboneConfiguration: Sendable, Equatable {
        /// STDC1 or STDC2.
        case stdc(STDC.Configuration)
        /// A ResNet with bottleneck blocks.
        case resNet(ResNet.Configuration)
    }

    /// What a forward pass computes on the way; the goldens look at all of it.
    package struct Output {
        /// The backbone's maps.
        package let features: FeatureMaps
        /// The pixel decoder's results.
        package let pixels: PixelDecoderOutput
        /// What the queries predict.
        package let predictions: MaskPredictions
    }

    /// The three parts of a network, by their official names.
    package enum Part: String, CaseIterable, Sendable {
        /// From the image to four feature maps.
        case backbone
        /// From the feature maps to mask features and three scales.
        case pixelDecoder = "sem_seg_head.pixel_decoder"
        /// From these to what the queries predict.
        case transformerDecoder = "sem_seg_head.predictor"
    }

    /// The settings it was made with.
    package let configuration: Configuration
    /// All parameters and buffers.
    package let store: ParameterStore
    private let backbone: any Backbone
    private let pixelDecoder: PEMPixelDecoder
    private let transformerDecoder: PEMTransformerDecoder

    /// A network with initial weights, a function of the seed.
    package init(_ configuration: Configuration, seed: UInt64) {
        self.configuration = configuration
        store = ParameterStore(seed: seed)
        let scope = store.root.child("backbone")
        backbone =
            switch configuration.backbone {
            case .stdc(let sizes): STDC(scope, sizes)
            case .resNet(let sizes): ResNet(scope, sizes)
            }
        let head = store.root.child("sem_seg_head")
        pixelDecoder = PEMPixelDecoder(
            head.child("pixel_decoder"), inputs: backbone.channels, configuration.pixelDecoder)
        transformerDecoder = PEMTransformerDecoder(
            head.child("predictor"), inputs: configuration.pixelDecoder.channels, configuration.transformerDecoder)
    }

    /// Normalised images [B, H, W, 3], H and W multiples of 32 -> everything that the network computes.
    package func callAsFunction(_ images: Tensor, _ context: ForwardContext) -> Output {
        precondition(
            images.shape[1] % 32 == 0 && images.shape[2] % 32 == 0,
            "the network needs sizes divisible by 32, got \(images.shape)")
        let features = context.measured(Part.backbone.rawValue) { backbone(Variable(images), context) }
        let pixels = context.measured(Part.pixelDecoder.rawValue) { pixelDecoder(features, context) }
        let predictions = context.measured(Part.transformerDecoder.rawValue) { transformerDecoder(pixels, context) }
        return Output(features: features, pixels: pixels, predictions: predictions)
    }

    /// The network's prediction alone, so that features are freed as soon as they are used.
    package func predict(_ images: Tensor, _ context: ForwardContext) -> MaskPredictions {
        self(images, context).predictions
    }

    /// The modules of one part in order, with their work for one image (`multiplyAdds(height:width:)` is its sum).
    package func modules(_ part: Part, height: Int, width: Int) -> [ModuleWork] {
        let modules =
            switch part {
            case .backbone: backbone.modules(height: height, width: width)
            case .pixelDecoder: pixelDecoder.modules(height: height, width: width)
            case .transformerDecoder: transformerDecoder.modules(height: height, width: width)
            }
        return modules.map { $0.within(part.rawValue) }
    }

    /// Multiply-adds for one image, by the convention of the papers (one a multiply-add, seven mask products at 1/4).
    package func multiplyAdds(height: Int, width: Int) -> MultiplyAdds {
        func sum(_ part: Part) -> Int {
            modules(part, height: height, width: width).reduce(0) { $0 + $1.multiplyAdds }
        }
        return MultiplyAdds(
            backbone: sum(.backbone), pixelDecoder: sum(.pixelDecoder), transformerDecoder: sum(.transformerDecoder))
    }
}

/// Multiply-adds of the parts of a network.
package struct MultiplyAdds: Sendable, Equatable {
    /// The backbone's.
    package let backbone: Int
    /// The pixel decoder's.
    package let pixelDecoder: Int
    /// The transformer decoder's, mask products included.
    package let transformerDecoder: Int
    /// The sum.
    package var total: Int { backbone + pixelDecoder + transformerDecoder }
}
