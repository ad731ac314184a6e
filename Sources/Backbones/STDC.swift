import Autodiff
import Layers
import Networks

/// The STDC backbone (Fan et al., CVPR 2021; PEM stdc.py, type "cat"): names `features.N.…`.
package struct STDC: Backbone {
    /// Which STDC.
    package struct Configuration: BackboneConfiguration, Equatable {
        /// Blocks of the stages at strides 8, 16 and 32: [2, 2, 2] is STDC1, [4, 5, 3] is STDC2.
        package var layers: [Int]
        /// Convolutions of a block.
        package var blockDepth = 4
        /// Channels at stride 4.
        package var baseChannels = 64

        /// An STDC of the given stages.
        package init(layers: [Int]) { self.layers = layers }

        /// The backbone of these sizes.
        package func make(_ scope: ParameterScope) -> any Backbone { STDC(scope, self) }
    }

    private let stem: [ConvNormActivation]
    private let stages: [[ShortTermConcatenation]]
    /// res2 … res5, at strides 4, 8, 16 and 32.
    package let outputs: [FeatureShape]

    /// Parameters in `scope` (official prefix `backbone.`). STDC has plain BatchNorm, whatever a configuration says.
    package init(_ scope: ParameterScope, _ configuration: Configuration) {
        precondition(configuration.layers.count == 3, "STDC: \(configuration.layers.count) stages, expected 3")
        let base = configuration.baseChannels
        let features = scope.child("features")
        stem = [(3, base / 2), (base / 2, base)].enumerated().map { index, sizes in
            let layer = features.child(index)
            var block = ConvNormActivation.Configuration(inputs: sizes.0, outputs: sizes.1)
            block.kernel = 3
            block.stride = 2
            return ConvNormActivation(convolution: layer.child("conv"), norm: layer.child("bn"), block)
        }
        var index = 2
        var inputs = base
        var stages: [[ShortTermConcatenation]] = []
        for (stage, depth) in configuration.layers.enumerated() {
            let outputs = base << (stage + 2)
            stages.append(
                (0..<depth).map { position in
                    defer { (index, inputs) = (index + 1, outputs) }
                    return ShortTermConcatenation(
                        features.child(index), inputs: inputs, outputs: outputs, depth: configuration.blockDepth,
                        downsamples: position == 0)
                })
        }
        self.stages = stages
        outputs = [base, base * 4, base * 8, base * 16].enumerated().map {
            FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: $1)
        }
    }

    /// [B, H, W, 3] -> res2 … res5.
    package func callAsFunction(_ image: Variable, _ context: ForwardContext) -> FeatureMaps {
        var x = image
        var index = 0
        for layer in stem {
            x = context.measured("features.\(index)") { layer(x, context) }
            index += 1
        }
        var levels = [x]
        for stage in stages {
            for block in stage {
                x = context.measured("features.\(index)") { block(x, context) }
                index += 1
            }
            levels.append(x)
        }
        return FeatureMaps(outputs, levels)
    }
}
