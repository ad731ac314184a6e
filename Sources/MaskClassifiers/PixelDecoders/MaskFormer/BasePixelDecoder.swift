import Autodiff
import Layers
import Networks

/// MaskFormer's pixel decoder (Cheng et al., NeurIPS 2021; pixel_decoder.py): a feature pyramid.
package struct BasePixelDecoder: PixelDecoder {
    /// Sizes of the decoder.
    package struct Configuration: PixelDecoderConfiguration {
        /// SEM_SEG_HEAD.CONVS_DIM.
        package var channels = 256
        /// SEM_SEG_HEAD.MASK_DIM.
        package var maskDimension = 256
        /// SEM_SEG_HEAD.NORM.
        package var norm = NormKind.group

        /// The sizes of every MaskFormer configuration.
        package init() {}

        /// The decoder of these sizes.
        package func make(_ scope: ParameterScope, inputs: [FeatureShape]) -> any PixelDecoder {
            BasePixelDecoder(scope, inputs: inputs, self)
        }
    }

    /// Its maps are the three coarsest.
    package let outputs: PixelDecoderShapes
    /// Maps may have any sizes.
    package let divisibility = 1

    private let coarsest: ConvNormActivation
    private let pyramid: FeaturePyramid
    private let maskFeatures: ConvNormActivation

    /// Parameters in `scope`; `inputs` go fine to coarse.
    init(_ scope: ParameterScope, inputs: [FeatureShape], _ configuration: Configuration) {
        let (channels, norm, last) = (configuration.channels, configuration.norm, inputs[inputs.count - 1])
        pyramid = FeaturePyramid(scope, inputs: inputs.dropLast(), channels: channels, norm: norm, .nearest)
        coarsest = FeaturePyramid.layer(scope, inputs.count, inputs: last.channels, channels: channels, norm)
        // The paper's is 1×1.
        maskFeatures = FeaturePyramid.maskFeatures(
            scope, inputs: channels, outputs: configuration.maskDimension, kernel: 3)
        outputs = PixelDecoderShapes(
            maskChannels: configuration.maskDimension,
            multiScale: inputs.reversed().prefix(3).map {
                FeatureShape(name: $0.name, stride: $0.stride, channels: channels)
            })
    }

    /// Mask features at the finest map's stride, and the three coarsest maps.
    package func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> PixelDecoderOutput {
        let last = features.maps.count - 1
        let coarse = context.measured("layer_\(last + 1)") { coarsest(features.maps[last], context) }
        let maps = [coarse] + pyramid(coarse, Array(features.maps[..<last]), context)
        return PixelDecoderOutput(
            maskFeatures: context.measured("mask_features") { maskFeatures(maps[maps.count - 1], context) },
            multiScale: Array(maps.prefix(3)))
    }
}
