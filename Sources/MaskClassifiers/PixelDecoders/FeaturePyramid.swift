import Autodiff
import Kernels
import Layers
import Networks

/// From a coarse map to the backbone's finer ones (Lin et al., Feature Pyramid Networks): the map above, enlarged, plus
/// a 1×1 convolution of the backbone's, then a 3×3 convolution.
struct FeaturePyramid {
    private struct Step {
        let name: Int
        let adapter: ConvNormActivation
        let layer: ConvNormActivation
    }

    /// Fine to coarse.
    private let steps: [Step]
    private let method: ResizeMethod

    /// Parameters `adapter_1`, `layer_1`, `adapter_2`, … in `scope`; `inputs` are the backbone's maps, fine to coarse,
    /// `method` is that of the enlargement.
    init(_ scope: ParameterScope, inputs: [FeatureShape], channels: Int, norm: NormKind, _ method: ResizeMethod) {
        self.method = method
        steps = inputs.enumerated().map { index, input in
            Step(
                name: index + 1,
                adapter: Self.block(scope, "adapter_\(index + 1)", input.channels, channels, norm) { _ in },
                layer: Self.layer(scope, index + 1, inputs: channels, channels: channels, norm))
        }
    }

    /// `layer_…`: a 3×3 convolution, norm and ReLU.
    static func layer(
        _ scope: ParameterScope, _ number: Int, inputs: Int, channels: Int, _ norm: NormKind
    ) -> ConvNormActivation {
        block(scope, "layer_\(number)", inputs, channels, norm) { ($0.kernel, $0.activation) = (3, .relu) }
    }

    /// `mask_features`: a convolution with a bias, and nothing after it.
    static func maskFeatures(_ scope: ParameterScope, inputs: Int, outputs: Int, kernel: Int) -> ConvNormActivation {
        block(scope, "mask_features", inputs, outputs, .none) { $0.kernel = kernel }
    }

    /// A convolution that starts by fvcore's c2_xavier_fill; it has a bias where it has no norm.
    static func block(
        _ scope: ParameterScope, _ name: String, _ inputs: Int, _ outputs: Int, _ norm: NormKind,
        _ change: (inout ConvNormActivation.Configuration) -> Void
    ) -> ConvNormActivation {
        var block = ConvNormActivation.Configuration(inputs: inputs, outputs: outputs)
        (block.norm, block.activation, block.hasBias, block.initializer) = (norm, .none, norm == .none, .caffe2Xavier)
        change(&block)
        return ConvNormActivation(convolution: scope.child(name), norm: scope.child(name).child("norm"), block)
    }

    /// The coarse map [B, h, w, C] and the backbone's finer ones, fine to coarse -> maps of their sizes with C
    /// channels, coarse to fine.
    func callAsFunction(_ coarse: Variable, _ features: [Variable], _ context: ForwardContext) -> [Variable] {
        var maps = [coarse]
        for (step, fine) in zip(steps, features).reversed() {
            let above = maps[maps.count - 1]
            let enlarged = context.measured("resize_\(step.name)") {
                if method == .nearest { return resizeNearest(above, height: fine.shape[1], width: fine.shape[2]) }
                context.count(ForwardWork(resizedValues: fine.value.rows * above.shape[3]))
                return resizeBilinear(above, height: fine.shape[1], width: fine.shape[2])
            }
            let sum = context.measured("adapter_\(step.name)") { step.adapter(fine, context, residual: enlarged) }
            maps.append(context.measured("layer_\(step.name)") { step.layer(sum, context) })
        }
        return Array(maps.dropFirst())
    }
}
