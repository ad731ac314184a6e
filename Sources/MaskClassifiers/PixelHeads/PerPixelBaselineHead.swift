import Layers
import Networks

/// MaskFormer's per-pixel baseline (PerPixelBaselineHead): a linear classifier of the mask features.
package struct PerPixelBaselineHead: PixelHead {
    /// Sizes of the head.
    package struct Configuration: PixelHeadConfiguration {
        /// Classes.
        package var classCount = 150

        /// The classes of ADE20K.
        package init() {}

        /// The head of these sizes.
        package func make(
            _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes
        ) -> any PixelHead {
            PerPixelBaselineHead(scope, features: features, pixels: pixels, self)
        }
    }

    private let classifier: ConvNormActivation
    private let stride: Int

    /// Parameters `weight`, `bias` in `scope`.
    init(
        _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes, _ configuration: Configuration
    ) {
        var sizes = ConvNormActivation.Configuration(inputs: pixels.maskChannels, outputs: configuration.classCount)
        (sizes.hasBias, sizes.norm, sizes.activation, sizes.initializer) = (true, .none, .none, .msra)
        classifier = ConvNormActivation(convolution: scope, norm: scope, sizes)
        stride = features[0].stride
    }

    /// The logits.
    package func callAsFunction(
        features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> PixelPredictions {
        PixelPredictions(logits: [classifier(pixels.maskFeatures, context)], .stride(stride))
    }
}
