import Autodiff
import Layers
import Networks

/// Semantic FPN (Kirillov et al., Panoptic Feature Pyramid Networks, CVPR 2019, section 3.1; mmsegmentation's
/// fpn_head.py behind its FPN): each level of the pyramid is enlarged step by step to the size of the finest, their sum
/// is classified.
package struct FPNHead: DecodeHead {
    /// Sizes of the head.
    package struct Configuration: DecodeHeadConfiguration, Equatable {
        /// Classes.
        package var classCount = 150
        /// Channels of the pyramid.
        package var pyramidChannels = 256
        /// Channels of the maps that are summed.
        package var channels = 128
        /// Probability with which training zeroes a channel of the sum.
        package var dropout = 0.1

        /// The head of PoolFormer's and SwiftFormer's papers.
        package init() {}

        /// The head of these sizes.
        package func make(_ root: ParameterScope, features: [FeatureShape]) -> any DecodeHead {
            FPNHead(root, features: features, self)
        }
    }

    private let pyramid: FPNNeck
    /// Of each level: after each of its convolutions but those of the finest the map is enlarged twice.
    private let scaleHeads: [[ConvNormActivation]]
    private let dropout: ChannelDropout
    private let classifier: ConvNormActivation

    /// Parameters `neck.…`, and in `decode_head` `scale_heads.0.0.conv`, …, `conv_seg`.
    init(_ root: ParameterScope, features: [FeatureShape], _ configuration: Configuration) {
        let scope = root.child("decode_head")
        pyramid = FPNNeck(root.child("neck"), inputs: features, channels: configuration.pyramidChannels)
        scaleHeads = features.enumerated().map { level, _ in
            (0..<max(1, level)).map { index in
                var block = ConvNormActivation.Configuration(
                    inputs: index == 0 ? configuration.pyramidChannels : configuration.channels,
                    outputs: configuration.channels)
                (block.kernel, block.initializer) = (3, .msra)
                let layer = scope.child("scale_heads").child(level).child(2 * index)
                return ConvNormActivation(convolution: layer.child("conv"), norm: layer.child("bn"), block)
            }
        }
        dropout = ChannelDropout(scope.child("dropout"), probability: configuration.dropout)
        var block = ConvNormActivation.Configuration(
            inputs: configuration.channels, outputs: configuration.classCount)
        (block.hasBias, block.norm, block.activation) = (true, .none, .none)
        block.initializer = .normal(deviation: 0.01)
        let classes = scope.child("conv_seg")
        classifier = ConvNormActivation(convolution: classes, norm: classes, block)
    }

    /// The pyramid, level by level.
    package func neck(_ features: FeatureMaps, _ context: ForwardContext) -> FeatureMaps {
        context.measured("neck") { pyramid(features, context) }
    }

    /// The pyramid -> class logits at the finest level's size.
    package func callAsFunction(_ levels: FeatureMaps, _ context: ForwardContext) -> Variable {
        let maps = zip(scaleHeads, levels.maps).enumerated().map { level, pair in
            context.measured("scale_heads.\(level)") {
                pair.0.reduce(pair.1) { map, convolution in
                    let y = convolution(map, context)
                    return level == 0 ? y : enlarged(y, height: 2 * y.shape[1], width: 2 * y.shape[2], context)
                }
            }
        }
        let (height, width) = (maps[0].shape[1], maps[0].shape[2])
        let sum = maps.dropFirst().reduce(maps[0]) { add($0, enlarged($1, height: height, width: width, context)) }
        return context.measured("conv_seg") { classifier(dropout(sum, context), context) }
    }

    /// Sides that no stride divides make the enlarged maps larger than the finest, to whose size they shrink last.
    private func enlarged(_ map: Variable, height: Int, width: Int, _ context: ForwardContext) -> Variable {
        guard [height, width] != Array(map.shape[1...2]) else { return map }
        context.count(ForwardWork(resizedValues: map.shape[0] * height * width * map.shape[3]))
        return resizeBilinear(map, height: height, width: width)
    }
}
