import Autodiff
import Layers
import Networks

/// MaskFormer's per-pixel baseline with a transformer decoder (PerPixelBaselinePlusHead): a query for each class, whose
/// mask logits are the class's logits.
package struct PerPixelBaselinePlusHead: PixelHead {
    /// Sizes of the head.
    package struct Configuration: PixelHeadConfiguration {
        /// Those of the decoder.
        package var decoder = StandardTransformerDecoder.Configuration()
        /// Classes.
        package var classCount: Int { decoder.queryCount }

        /// MaskFormer's sizes.
        package init() { decoder.classifiesQueries = false }

        /// The head of these sizes.
        package func make(
            _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes
        ) -> any PixelHead {
            PerPixelBaselinePlusHead(scope, features: features, pixels: pixels, self)
        }
    }

    private let decoder: StandardTransformerDecoder
    private let stride: Int

    /// Parameters in `scope`.
    init(
        _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes, _ configuration: Configuration
    ) {
        decoder = StandardTransformerDecoder(scope, features: features, pixels: pixels, configuration.decoder)
        stride = features[0].stride
    }

    /// The logits after each layer; without gradients those of the last alone.
    package func callAsFunction(
        features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> PixelPredictions {
        let embeddings = decoder.outputs(features: features, pixels: pixels, context).maskEmbeddings
        let maps = pixels.maskFeatures
        let shape = maps.shape
        let tokens = reshape(maps, [shape[0], shape[1] * shape[2], shape[3]])
        return PixelPredictions(
            logits: embeddings.suffix(context.recordsGradients ? embeddings.count : 1).map { embedding in
                reshape(
                    maskProduct(maskEmbedding: embedding, features: tokens),
                    [shape[0], shape[1], shape[2], embedding.shape[1]])
            }, .stride(stride))
    }
}
