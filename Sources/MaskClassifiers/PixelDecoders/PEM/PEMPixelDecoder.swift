import Autodiff
import Layers
import Networks

/// PEM's pixel decoder (Cavagnero et al., CVPR 2024; pem_pixel_decoder.py): a feature pyramid of context-based
/// self-modulation and deformable convolutions.
package struct PEMPixelDecoder: PixelDecoder {
    /// Sizes of the decoder.
    package struct Configuration: PixelDecoderConfiguration {
        /// SEM_SEG_HEAD.CONVS_DIM.
        package var channels = 128
        /// SEM_SEG_HEAD.MASK_DIM.
        package var maskDimension = 256
        /// SEM_SEG_HEAD.NORM.
        package var norm = NormKind.batch
        /// Whether context-based self-modulation comes before each level's sum.
        package var isModulated = true
        /// Whether the 3×3 convolutions of the levels are deformable.
        package var isDeformable = true

        /// The sizes of every PEM configuration.
        package init() {}

        /// The decoder of these sizes.
        package func make(_ scope: ParameterScope, inputs: [FeatureShape]) -> any PixelDecoder {
            PEMPixelDecoder(scope, inputs: inputs, self)
        }
    }

    /// Its maps have the strides of the backbone's, without the finest.
    package let outputs: PixelDecoderShapes
    /// The coarsest stride: every map is upsampled to exactly twice its size.
    package let divisibility: Int

    private let inProjections: [ConvNormActivation]
    private let globalProjection: ConvNormActivation
    private let modulations: [ContextSelfModulation]
    private let deformables: [DeformableUpsampling]
    private let out: ConvNormActivation

    /// Parameters in `scope`; `inputs` are at strides that double, fine to coarse.
    init(_ scope: ParameterScope, inputs: [FeatureShape], _ configuration: Configuration) {
        let channels = configuration.channels
        func projection(_ scope: ParameterScope, _ inputs: Int, _ outputs: Int) -> ConvNormActivation {
            var block = ConvNormActivation.Configuration(inputs: inputs, outputs: outputs)
            block.norm = configuration.norm
            block.initializer = .kaimingNormalFanIn
            return ConvNormActivation(convolution: scope.child("conv"), norm: scope.child("bn"), block)
        }
        inProjections = inputs.enumerated().map {
            projection(scope.child("in_projections").child($0), $1.channels, channels)
        }
        globalProjection = projection(scope.child("conv_avg"), inputs[inputs.count - 1].channels, channels)
        modulations = (configuration.isModulated ? inputs.indices : 0..<0).map {
            ContextSelfModulation(scope.child("csm").child($0), channels: channels, norm: configuration.norm)
        }
        deformables = inputs.indices.dropLast().map {
            DeformableUpsampling(
                scope.child("dcn").child($0), channels: channels, norm: configuration.norm,
                isDeformable: configuration.isDeformable)
        }
        outputs = PixelDecoderShapes(
            maskChannels: configuration.maskDimension,
            multiScale: inputs.dropFirst().reversed().map {
                FeatureShape(name: $0.name, stride: $0.stride, channels: channels)
            })
        divisibility = inputs[inputs.count - 1].stride
        out = projection(scope.child("out"), channels, configuration.maskDimension)
    }

    /// Mask features at the finest map's stride, and features at all the others.
    package func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> PixelDecoderOutput {
        // The means are what the gates are made of.
        let projected = zip(inProjections, features.maps).enumerated().map { level, pair in
            context.measured("in_projections.\(level)") {
                modulations.isEmpty ? (pair.0(pair.1, context), nil) : pair.0.averaged(pair.1, context)
            }
        }
        let last = projected.count - 1
        func level(_ step: Int) -> (map: Variable, gate: Variable?) {
            let (map, average) = projected[last - step]
            let gate = average.map { average in
                context.measured("csm.\(step)") { modulations[step](average, context) }
            }
            return (map, gate)
        }
        // The global average of the coarsest map, [B, 1, 1, C], is added to every pixel of the coarsest level.
        let global = context.measured("conv_avg") {
            globalProjection(globalAverage(features.maps[last]), context)
        }
        let (coarsest, gate) = level(0)
        var x = gate.map { modulate(coarsest, gate: $0, above: global) } ?? add(coarsest, global)
        var multiScale: [Variable] = []
        for step in deformables.indices {
            let (next, gate) = level(step + 1)
            let (feature, sum) = context.measured("dcn.\(step)") {
                deformables[step](x, next: next, gate: gate, context)
            }
            multiScale.append(feature)
            x = sum
        }
        return PixelDecoderOutput(maskFeatures: context.measured("out") { out(x, context) }, multiScale: multiScale)
    }
}
