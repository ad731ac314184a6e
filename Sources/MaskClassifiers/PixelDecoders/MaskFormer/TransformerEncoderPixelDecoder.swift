import Autodiff
import Layers
import Networks

/// MaskFormer's pixel decoder with a transformer encoder on the coarsest map, as in DETR (pixel_decoder.py).
package struct TransformerEncoderPixelDecoder: PixelDecoder {
    /// Sizes of the decoder.
    package struct Configuration: PixelDecoderConfiguration {
        /// Those of the pyramid.
        package var base = BasePixelDecoder.Configuration()
        /// SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS.
        package var layerCount = 6
        /// MASK_FORMER.NHEADS.
        package var headCount = 8
        /// MASK_FORMER.DIM_FEEDFORWARD.
        package var feedForwardChannels = 2048
        /// MASK_FORMER.PRE_NORM.
        package var normalizesFirst = false
        /// MASK_FORMER.DROPOUT.
        package var dropout = 0.1

        /// The sizes of every MaskFormer configuration.
        package init() {}

        /// The decoder of these sizes.
        package func make(_ scope: ParameterScope, inputs: [FeatureShape]) -> any PixelDecoder {
            TransformerEncoderPixelDecoder(scope, inputs: inputs, self)
        }
    }

    /// Its maps are the pyramid's three coarsest, and what the encoder makes.
    package let outputs: PixelDecoderShapes
    /// Maps may have any sizes.
    package let divisibility = 1

    /// The backbone's maps with the encoder's in place of the coarsest.
    private let inputs: [FeatureShape]
    private let inputProjection: ConvNormActivation
    private let encoder: TransformerEncoder
    private let base: BasePixelDecoder

    /// Parameters in `scope`; `inputs` go fine to coarse.
    init(_ scope: ParameterScope, inputs: [FeatureShape], _ configuration: Configuration) {
        let (channels, last) = (configuration.base.channels, inputs[inputs.count - 1])
        let encoded = FeatureShape(name: last.name, stride: last.stride, channels: channels)
        self.inputs = inputs.dropLast() + [encoded]
        inputProjection = FeaturePyramid.block(scope, "input_proj", last.channels, channels, .none) { _ in }
        encoder = TransformerEncoder(
            scope.child("transformer").child("encoder"),
            .init(
                channels: channels, headCount: configuration.headCount,
                feedForwardChannels: configuration.feedForwardChannels, layerCount: configuration.layerCount,
                normalizesFirst: configuration.normalizesFirst, dropout: configuration.dropout))
        base = BasePixelDecoder(scope, inputs: self.inputs, configuration.base)
        outputs = PixelDecoderShapes(
            maskChannels: base.outputs.maskChannels, multiScale: base.outputs.multiScale, encoded: encoded)
    }

    /// Mask features at the finest map's stride, the three coarsest maps, and the encoder's.
    package func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> PixelDecoderOutput {
        let maps = features.maps
        let projected = context.measured("input_proj") { inputProjection(maps[maps.count - 1], context) }
        let encoded = context.measured("transformer") { encoder(projected, context) }
        let pyramid = base(FeatureMaps(inputs, maps.dropLast() + [encoded]), context)
        return PixelDecoderOutput(
            maskFeatures: pyramid.maskFeatures, multiScale: pyramid.multiScale, encoded: encoded)
    }
}
