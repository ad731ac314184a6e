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

    private let neck: FPNNeck
    /// Of each level: after each of its convolutions but those of the finest the map is enlarged twice.
    private let scaleHeads: [[ConvNormActivation]]
    private let dropout: ChannelDropout
    private let classifier: ConvNormActivation

    /// Parameters `neck.…`, and in `decode_head` `scale_heads.0.0.conv`, …, `conv_seg`.
    init(_ root: ParameterScope, features: [FeatureShape], _ configuration: Configuration) {
        let scope = root.child("decode_head")
        neck = FPNNeck(root.child("neck"), inputs: features, channels: configuration.pyramidChannels)
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

    /// The backbone's maps -> class logits at the finest map's size.
    package func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> Variable {
        let levels = pyramid(features, context)
        var sum = context.measured("scale_heads.0") { scaleHeads[0][0](levels[0], context) }
        for (level, map) in levels.enumerated().dropFirst() {
            sum = context.measured("scale_heads.\(level)") {
                var map = map
                for convolution in scaleHeads[level] {
                    map = convolution(map, context)
                    map = enlarged(map, height: 2 * map.shape[1], width: 2 * map.shape[2], context)
                }
                return add(sum, enlarged(map, height: sum.shape[1], width: sum.shape[2], context))
            }
        }
        return context.measured("conv_seg") { classifier(dropout(sum, context), context) }
    }

    /// The neck's maps, fine to coarse.
    package func pyramid(_ features: FeatureMaps, _ context: ForwardContext) -> [Variable] {
        context.measured("neck") { neck(features.maps, context) }
    }

    /// Sides that no stride divides make the enlarged maps larger than the finest, to whose size they shrink last.
    private func enlarged(_ map: Variable, height: Int, width: Int, _ context: ForwardContext) -> Variable {
        guard [height, width] != Array(map.shape[1...2]) else { return map }
        context.count(ForwardWork(resizedValues: map.shape[0] * height * width * map.shape[3]))
        return resizeBilinear(map, height: height, width: width)
    }
}
