import Autodiff
import Layers
import Networks

/// Mask2Former's pixel decoder (Cheng et al., CVPR 2022; msdeformattn.py): a deformable transformer encoder over the
/// coarse maps, and a feature pyramid from its finest map down to the backbone's.
package struct MSDeformAttnPixelDecoder: PixelDecoder {
    /// Sizes of the decoder.
    package struct Configuration: PixelDecoderConfiguration {
        /// SEM_SEG_HEAD.CONVS_DIM.
        package var channels = 256
        /// SEM_SEG_HEAD.MASK_DIM.
        package var maskDimension = 256
        /// SEM_SEG_HEAD.NORM, of the pyramid; the encoder's input has GroupNorm always.
        package var norm = NormKind.group
        /// SEM_SEG_HEAD.DEFORMABLE_TRANSFORMER_ENCODER_IN_FEATURES.
        package var transformerFeatures = ["res3", "res4", "res5"]
        /// SEM_SEG_HEAD.TRANSFORMER_ENC_LAYERS.
        package var layerCount = 6
        /// MASK_FORMER.NHEADS.
        package var headCount = 8
        /// Hidden channels of the encoder's layers.
        // PARITY: 1024 in the code; DIM_FEEDFORWARD is not read here.
        package var feedForwardChannels = 1024
        /// MASK_FORMER.DROPOUT.
        package var dropout = 0.0

        /// The sizes of every Mask2Former configuration.
        package init() {}

        /// The decoder of these sizes.
        package func make(_ scope: ParameterScope, inputs: [FeatureShape]) -> any PixelDecoder {
            MSDeformAttnPixelDecoder(scope, inputs: inputs, self)
        }
    }

    /// Its maps are the three coarsest of the encoder's and the pyramid's.
    package let outputs: PixelDecoderShapes
    /// Maps may have any sizes.
    package let divisibility = 1

    /// Which of the backbone's maps the encoder reads, coarse to fine.
    private let encoded: [Int]
    private let inputProjections: [ConvNormActivation]
    private let encoder: DeformableEncoder
    /// For the backbone's maps that are finer than the encoder's.
    private let pyramid: FeaturePyramid
    private let maskFeatures: ConvNormActivation

    /// Parameters in `scope`; `inputs` are at strides that double, fine to coarse.
    init(_ scope: ParameterScope, inputs: [FeatureShape], _ configuration: Configuration) {
        let channels = configuration.channels
        encoded = inputs.indices.reversed().filter { configuration.transformerFeatures.contains(inputs[$0].name) }
        precondition(
            encoded.count == configuration.transformerFeatures.count && !encoded.isEmpty,
            "the encoder reads \(configuration.transformerFeatures), the backbone has \(inputs.map(\.name))")
        inputProjections = encoded.enumerated().map { level, input in
            var block = ConvNormActivation.Configuration(inputs: inputs[input].channels, outputs: channels)
            (block.hasBias, block.norm, block.activation) = (true, .group, .none)
            block.initializer = .xavierUniform
            let projection = scope.child("input_proj").child(level)
            return ConvNormActivation(convolution: projection.child(0), norm: projection.child(1), block)
        }
        encoder = DeformableEncoder(scope.child("transformer"), levels: encoded.count, configuration)
        maskFeatures = FeaturePyramid.maskFeatures(
            scope, inputs: channels, outputs: configuration.maskDimension, kernel: 1)
        let finer = encoded.last ?? 0
        // PARITY: the official comment says nearest, the code resizes bilinearly.
        pyramid = FeaturePyramid(
            scope, inputs: Array(inputs[..<finer]), channels: channels, norm: configuration.norm, .bilinear)
        let multiScale = (encoded + (0..<finer).reversed()).prefix(3).map {
            FeatureShape(name: inputs[$0].name, stride: inputs[$0].stride, channels: channels)
        }
        outputs = PixelDecoderShapes(
            maskChannels: configuration.maskDimension, multiScale: multiScale, encoded: multiScale[0])
    }

    /// Mask features at the finest map's stride, and the three coarsest maps.
    package func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> PixelDecoderOutput {
        let projected = zip(inputProjections, encoded).enumerated().map { level, pair in
            context.measured("input_proj.\(level)") { pair.0(features.maps[pair.1], context) }
        }
        var maps = context.measured("transformer") { encoder(projected, context) }
        maps += pyramid(maps[maps.count - 1], Array(features.maps[..<(encoded.last ?? 0)]), context)
        return PixelDecoderOutput(
            maskFeatures: context.measured("mask_features") { maskFeatures(maps[maps.count - 1], context) },
            multiScale: Array(maps.prefix(3)), encoded: maps[0])
    }
}
