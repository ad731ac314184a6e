import Autodiff
import Kernels
import Layers
import Networks
import Tensors

/// The all-MLP decoder (SegFormer, section 3.2; NVlabs/SegFormer segformer_head.py): a linear map of each level to D
/// channels, all enlarged to the finest and joined, a 1×1 convolution with BatchNorm and ReLU, and a classifier.
///
/// What comes before the BatchNorm is linear, so each level has one matrix, the product of its own and its part of the
/// convolution, and the enlarged levels are added.
package struct SegFormerHead: DecodeHead {
    /// Sizes of the head.
    package struct Configuration: DecodeHeadConfiguration, Equatable {
        /// Classes.
        package var classCount = 150
        /// D.
        package var channels = 256
        /// Probability of the channel dropout before the classifier.
        package var dropout = 0.1

        /// Those of SegFormer-B0 on ADE20K.
        package init() {}

        /// The head of these sizes.
        package func make(_ root: ParameterScope, features: [FeatureShape]) -> any DecodeHead {
            SegFormerHead(root.child("decode_head"), features: features, self)
        }
    }

    /// The level that is projected by `linear_c1.proj`, then those of 2, 3 and 4.
    private let levels: [Linear]
    private let fusion: Parameter
    private let norm: BatchNorm
    private let dropout: ChannelDropout
    private let classifier: RowLayers
    private let channels: Int

    /// Parameters in `scope`: `linear_c4.proj`, …, `linear_fuse.conv`, `linear_fuse.bn`, `linear_pred`; and `conv_seg`,
    /// which every official file has and nothing reads.
    init(_ scope: ParameterScope, features: [FeatureShape], _ configuration: Configuration) {
        let channels = configuration.channels
        let unread = scope.child("conv_seg")
        for parameter in [
            unread.parameter(
                "weight", [configuration.classCount, Self.unreadChannels, 1, 1], layout: .convolution,
                .normal(deviation: 0.01)), unread.parameter("bias", [configuration.classCount], .constant(0)),
        ] { parameter.isUnread = true }
        levels = features.enumerated().map { index, level in
            Linear(
                scope.child("linear_c\(index + 1)").child("proj"), inputs: level.channels, outputs: channels)
        }
        let fuse = scope.child("linear_fuse")
        fusion = fuse.child("conv").parameter(
            "weight", [channels, features.count * channels, 1, 1], layout: .convolution, .msra)
        norm = BatchNorm(fuse.child("bn"), channels: channels, kind: .batch)
        dropout = ChannelDropout(scope.child("dropout"), probability: configuration.dropout)
        let pred = scope.child("linear_pred")
        let weight = pred.parameter(
            "weight", [configuration.classCount, channels, 1, 1], layout: .convolution, .torchDefault)
        let bias = pred.parameter(
            "bias", [configuration.classCount], .uniform(bound: 1 / Double(channels).squareRoot()))
        classifier = RowLayers([.linear(weight, bias: bias)])
        self.channels = channels
    }

    /// `channels` of mmsegmentation's BaseDecodeHead in every official configuration.
    private static let unreadChannels = 128

    /// The backbone's maps -> logits at the finest map's size: [B, h, w, K].
    package func callAsFunction(_ features: FeatureMaps, _ context: ForwardContext) -> Variable {
        let maps = features.maps
        let weight = reshape(fusion.variable(in: context), [channels, maps.count * channels])
        guard let (scale, shift) = norm.folded(context) else {
            let parts = maps.indices.reversed().map { level in
                context.measured("linear_c\(level + 1)") {
                    let (weight, bias) = merged(level, maps[level], weight, context)
                    return linear(maps[level], weight: weight, bias: bias)
                }
            }
            let mixed = context.measured("linear_fuse") {
                countFusion(maps, context)
                return norm(resizedSum(parts[parts.count - 1], parts.dropLast()), relu: true, context)
            }
            return context.measured("linear_pred") { classifier(dropout(mixed, context), context) }
        }
        let scaled = Variable(rows(of: weight.value, times: scale))
        let enlarged = maps.indices.dropFirst().reversed().map { level in
            context.measured("linear_c\(level + 1)") {
                let (weight, bias) = merged(level, maps[level], scaled, context)
                return linear(maps[level].value, weight: weight.value, bias: bias.value)
            }
        }
        let finest = context.measured("linear_c1") { () -> RowStep in
            let (weight, bias) = merged(0, maps[0], scaled, context)
            return .linear(weight: weight.value, bias: add(bias.value, shift), relu: true)
        }
        return context.measured("linear_fuse") {
            countFusion(maps, context)
            return Variable(
                streamedResizedSum(
                    maps[0].value, through: [finest], adding: enlarged,
                    then: classifier.passes(rows: maps[0].value.rows, context)))
        }
    }

    /// The matrix and the bias of a level: its part of `weight` [D, 4D], in which the coarsest level comes first, times
    /// those of its linear map.
    private func merged(
        _ level: Int, _ map: Variable, _ weight: Variable, _ context: ForwardContext
    ) -> (weight: Variable, bias: Variable) {
        context.count(ForwardWork(products: map.value.count * channels))
        let own = levels[level].variables(context)
        let first = (levels.count - 1 - level) * channels
        let columns = first..<first + channels
        return (
            matrixProduct(weight, columns: columns, own.weight),
            reshape(matrixProduct(weight, columns: columns, reshape(own.bias, [channels, 1])), [channels])
        )
    }

    private func rows(of matrix: Tensor, times factors: Tensor) -> Tensor {
        let count = matrix.channels
        return Tensor(
            matrix.array.enumerated().map { $1 * factors.data[$0 / count] }, shape: matrix.shape)
    }

    private func countFusion(_ maps: [Variable], _ context: ForwardContext) {
        let values = maps[0].value.rows * channels
        context.count(
            ForwardWork(
                products: values * maps.count * channels, normalizedValues: values,
                resizedValues: (maps.count - 1) * values))
    }
}
