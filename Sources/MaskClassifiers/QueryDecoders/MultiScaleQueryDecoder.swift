import Autodiff
import Kernels
import Layers
import Networks
import Tensors

/// The decoder of Mask2Former and PEM (MultiScaleMaskedTransformerDecoder): layers see the maps of the pixel decoder in
/// turn, each under the masks that the queries predicted before it.
package struct MultiScaleQueryDecoder: QueryDecoder {
    /// Sizes of the decoder; the defaults are those of every PEM configuration.
    package struct Configuration: QueryDecoderConfiguration {
        /// Classes, without "no object".
        package var classCount = 19
        /// MASK_FORMER.HIDDEN_DIM.
        package var channels = 256
        /// MASK_FORMER.NUM_OBJECT_QUERIES.
        package var queryCount = 100
        /// MASK_FORMER.NHEADS.
        package var headCount = 8
        /// MASK_FORMER.DIM_FEEDFORWARD.
        package var feedForwardChannels = 2048
        /// Number of layers: MASK_FORMER.DEC_LAYERS − 1.
        package var layerCount = 6
        /// MASK_FORMER.PRE_NORM.
        package var normalizesFirst = true
        /// MASK_FORMER.ENFORCE_INPUT_PROJ: project even where the channels agree.
        package var enforcesInputProjection = true
        /// Whether queries attend only within the masks that they predicted before.
        package var isMasked = true
        /// The sublayers of a layer in order.
        package var sublayers = [Sublayer.crossAttention, .selfAttention, .feedForward]
        /// The cross-attention of a layer, its parameters in the scope, for a decoder of these sizes.
        package var crossAttention: @Sendable (ParameterScope, Configuration) -> any QueryCrossAttention = {
            PrototypeCrossAttention($0, channels: $1.channels, heads: $1.headCount)
        }

        /// The sizes of PEM on Cityscapes.
        package init() {}

        /// The decoder of these sizes.
        package func make(
            _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes
        ) -> any QueryDecoder {
            MultiScaleQueryDecoder(scope, pixels: pixels, self)
        }
    }

    /// The sublayers that layers are made of.
    package enum Sublayer: Sendable {
        /// Queries read a map.
        case crossAttention
        /// Queries read each other.
        case selfAttention
        /// Each query by itself.
        case feedForward
    }

    private let configuration: Configuration
    private let inputs: [FeatureShape]
    private let layers: QueryDecoderLayers
    private let queryFeatures: Parameter
    private let queryPositions: Parameter
    private let levelEmbedding: Parameter
    private let inputProjections: [(weight: Parameter, bias: Parameter)]

    /// Parameters in `scope`.
    init(_ scope: ParameterScope, pixels: PixelDecoderShapes, _ configuration: Configuration) {
        let channels = configuration.channels
        self.configuration = configuration
        inputs = pixels.multiScale
        let layers = (0..<configuration.layerCount).map { index -> [QuerySublayer] in
            let kinds = ["cross_attention", "self_attention", "ffn"].map { "transformer_\($0)_layers" }
            let scopes = kinds.map { scope.child($0).child(index) }
            // Made in the official order, whatever the order in which they run.
            let attention = configuration.crossAttention(scopes[0], configuration)
            let selfAttention = SelfAttention(
                scopes[1], channels: channels, heads: configuration.headCount,
                normalizesFirst: configuration.normalizesFirst)
            let feedForward = FeedForward(
                scopes[2], channels: channels, hidden: configuration.feedForwardChannels,
                normalizesFirst: configuration.normalizesFirst)
            return configuration.sublayers.map { sublayer in
                switch sublayer {
                case .crossAttention: QuerySublayer.crossAttention("\(kinds[0]).\(index)", attention)
                case .selfAttention: QuerySublayer.selfAttention("\(kinds[1]).\(index)", selfAttention)
                case .feedForward: QuerySublayer.feedForward("\(kinds[2]).\(index)", feedForward)
                }
            }
        }
        let norm = LayerNorm(scope.child("decoder_norm"), channels: channels)
        func table(_ name: String, _ rows: Int) -> Parameter {
            scope.child(name).parameter("weight", [rows, channels], role: .embedding, .normal(deviation: 1))
        }
        queryFeatures = table("query_feat", configuration.queryCount)
        queryPositions = table("query_embed", configuration.queryCount)
        levelEmbedding = table("level_embed", inputs.count)
        let projects = configuration.enforcesInputProjection || inputs.contains { $0.channels != channels }
        inputProjections = (projects ? inputs : []).enumerated().map { level, input in
            let projection = scope.child("input_proj").child(level)
            return (
                projection.parameter("weight", [channels, input.channels, 1, 1], layout: .convolution, .caffe2Xavier),
                projection.parameter("bias", [channels], .constant(0))
            )
        }
        self.layers = QueryDecoderLayers(
            layers,
            heads: PredictionHeads(
                scope, norm: norm, channels: channels, classCount: configuration.classCount,
                maskChannels: pixels.maskChannels))
    }

    /// The pixel decoder's output -> what the queries predict before the first layer and after each.
    package func callAsFunction(
        features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> MaskPredictions {
        let memories = context.measured("input_proj") {
            pixels.multiScale.enumerated().map { memory($1, level: $0, context) }
        }
        let (queries, position) = context.measured("queries") {
            (repeated(queryFeatures.variable(in: context), pixels.maskFeatures), queryPositions.variable(in: context))
        }
        return layers(
            queries, position: position, memories: memories, maskFeatures: pixels.maskFeatures, predictsFirst: true,
            isMasked: configuration.isMasked, context
        ).masks(pixels.maskFeatures)
    }

    /// Projected features with level embedding and, where the attention reads them so, position:
    /// [B, H, W, I] -> [B, H, W, C].
    private func memory(_ feature: Variable, level: Int, _ context: ForwardContext) -> QueryMemory {
        let (batch, height, width) = (feature.shape[0], feature.shape[1], feature.shape[2])
        let channels = configuration.channels
        let embedding = reshape(slice(levelEmbedding.variable(in: context), level..<level + 1), [channels])
        let isSum = layers.readsPositionedMemory
        func position() -> Tensor {
            sinePosition(images: batch, height: height, width: width, channels: channels)
        }
        guard !inputProjections.isEmpty else {
            let map = add(feature, embedding)
            return isSum
                ? QueryMemory(map: add(map, Variable(position())), position: nil, context)
                : QueryMemory(map: map, position: position(), context)
        }
        let weight = inputProjections[level].weight.variable(in: context)
        context.count(ForwardWork(products: feature.value.rows * weight.value.count))
        // The level embedding is one more bias.
        let bias = add(inputProjections[level].bias.variable(in: context), embedding)
        let following = NormActivation(norm: nil, .none)
        // Without a graph the position is added where the convolution stores its result.
        if isSum, var epilogue = following.epilogue(bias: bias, context) {
            epilogue.position = sinePositionAxes(height: height, width: width, channels: channels)
            let map = convolution(
                feature, weight: weight, bias: nil, ConvolutionGeometry(), fusion: Fusion(epilogue))
            return QueryMemory(map: map, position: nil, context)
        }
        let map = following(context, bias: bias, residual: isSum ? Variable(position()) : nil) {
            convolution(feature, weight: weight, bias: $0, ConvolutionGeometry(), fusion: $1)
        }
        return QueryMemory(map: map, position: isSum ? nil : position(), context)
    }

    /// [Q, C] -> [B, Q, C], for the images of `maps`.
    private func repeated(_ x: Variable, _ maps: Variable) -> Variable {
        add(Variable(Tensor(zeros: [maps.shape[0]] + x.shape), images: maps.images), x)
    }
}
