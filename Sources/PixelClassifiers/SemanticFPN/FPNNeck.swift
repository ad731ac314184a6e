import Autodiff
import Layers
import Networks

/// mmsegmentation's FPN (fpn.py; Lin et al., Feature Pyramid Networks, CVPR 2017) without norms: a 1×1 convolution of
/// each of the backbone's maps, to which the coarser one is added, enlarged to its size by nearest pixels; then a 3×3
/// convolution.
struct FPNNeck {
    private let laterals: [ConvNormActivation]
    private let outputs: [ConvNormActivation]
    private let shapes: [FeatureShape]

    /// Names `lateral_convs.0.conv`, …, `fpn_convs.0.conv`, …; `inputs` are the backbone's maps, fine to coarse.
    init(_ scope: ParameterScope, inputs: [FeatureShape], channels: Int) {
        func layers(_ name: String, kernel: Int, inputs: [Int]) -> [ConvNormActivation] {
            inputs.enumerated().map { level, inputs in
                var block = ConvNormActivation.Configuration(inputs: inputs, outputs: channels)
                (block.kernel, block.hasBias) = (kernel, true)
                (block.norm, block.activation, block.initializer) = (.none, .none, .xavierUniform)
                let convolution = scope.child(name).child(level).child("conv")
                return ConvNormActivation(convolution: convolution, norm: convolution, block)
            }
        }
        laterals = layers("lateral_convs", kernel: 1, inputs: inputs.map(\.channels))
        shapes = inputs.map { FeatureShape(name: $0.name, stride: $0.stride, channels: channels) }
        outputs = layers("fpn_convs", kernel: 3, inputs: inputs.map { _ in channels })
    }

    /// The backbone's maps, fine to coarse -> maps of the same sizes.
    func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> FeatureMaps {
        var sums: [Variable] = []
        for (level, map) in features.maps.enumerated().reversed() {
            let above = sums.last.map { resizeNearest($0, height: map.shape[1], width: map.shape[2]) }
            sums.append(lateral(level, map, above, context))
        }
        let maps = sums.reversed().enumerated().map { level, sum in
            context.measured("fpn_convs.\(level)") { outputs[level](sum, context) }
        }
        return FeatureMaps(shapes, maps)
    }

    /// A level's 1×1 convolution plus what is above it; without a graph in one pass.
    private func lateral(_ level: Int, _ map: Variable, _ above: Variable?, _ context: ForwardContext) -> Variable {
        let residual = context.recordsGradients ? nil : above
        let y = context.measured("lateral_convs.\(level)") { laterals[level](map, context, residual: residual) }
        guard context.recordsGradients, let above else { return y }
        return add(y, above)
    }
}
