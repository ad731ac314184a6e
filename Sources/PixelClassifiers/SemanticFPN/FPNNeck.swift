import Autodiff
import Layers
import Networks

/// mmsegmentation's FPN (fpn.py; Lin et al., Feature Pyramid Networks, CVPR 2017) without norms: a 1×1 convolution of
/// each of the backbone's maps, to which the coarser one is added, enlarged to its size by nearest pixels; then a 3×3
/// convolution.
struct FPNNeck {
    private let laterals: [ConvNormActivation]
    private let outputs: [ConvNormActivation]

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
        outputs = layers("fpn_convs", kernel: 3, inputs: inputs.map { _ in channels })
    }

    /// The backbone's maps, fine to coarse -> maps of the same sizes, of one number of channels.
    func callAsFunction(_ features: [Variable], _ context: ForwardContext) -> [Variable] {
        var above: Variable?
        let sums = zip(laterals, features).reversed().map { lateral, map in
            let enlarged = above.map { resizeNearest($0, height: map.shape[1], width: map.shape[2]) }
            let sum = lateral(map, context, residual: enlarged)
            above = sum
            return sum
        }
        return zip(outputs, sums.reversed()).map { $0($1, context) }
    }
}
