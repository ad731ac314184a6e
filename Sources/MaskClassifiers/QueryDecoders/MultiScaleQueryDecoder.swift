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
    private let attentions: [any QueryCrossAttention]
    private let selfAttentions: [SelfAttention]
    private let feedForwards: [FeedForward]
    private let maskChannels: Int
    private let heads: PredictionHeads
    private let queryFeatures: Parameter
    private let queryPositions: Parameter
    private let levelEmbedding: Parameter
    private let inputProjections: [(weight: Parameter, bias: Parameter)]

    /// Parameters in `scope`.
    init(_ scope: ParameterScope, pixels: PixelDecoderShapes, _ configuration: Configuration) {
        let channels = configuration.channels
        self.configuration = configuration
        inputs = pixels.multiScale
        maskChannels = pixels.maskChannels
        var attentions: [any QueryCrossAttention] = []
        var selfAttentions: [SelfAttention] = []
        var feedForwards: [FeedForward] = []
        for index in 0..<configuration.layerCount {
            func layer(_ kind: String) -> ParameterScope { scope.child("transformer_\(kind)_layers").child(index) }
            attentions.append(configuration.crossAttention(layer("cross_attention"), configuration))
            selfAttentions.append(
                SelfAttention(
                    layer("self_attention"), channels: channels, heads: configuration.headCount,
                    normalizesFirst: configuration.normalizesFirst))
            feedForwards.append(
                FeedForward(
                    layer("ffn"), channels: channels, hidden: configuration.feedForwardChannels,
                    normalizesFirst: configuration.normalizesFirst))
        }
        (self.attentions, self.selfAttentions, self.feedForwards) = (attentions, selfAttentions, feedForwards)
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
        heads = PredictionHeads(
            scope, norm: norm, channels: channels, classCount: configuration.classCount, maskChannels: maskChannels)
    }

    /// The pixel decoder's output -> what the queries predict before the first layer and after each.
    package func callAsFunction(
        features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> MaskPredictions {
        let memories = context.measured("input_proj") {
            pixels.multiScale.enumerated().map { memory($1, level: $0, context) }
        }
        // Resizing is linear, so it commutes with the mask product: attention masks come from features
        // resized once.
        let maskFeatures = context.measured("mask_products") {
            pixels.multiScale.map {
                resizeBilinear(pixels.maskFeatures.value, height: $0.shape[1], width: $0.shape[2])
            }
        }
        let queries = repeated(queryFeatures.variable(in: context), pixels.maskFeatures.shape[0])
        let outputs = QueryDecoderLayers(layers, heads: heads)(
            queries, position: queryPositions.variable(in: context), memories: memories, maskFeatures: maskFeatures,
            context)
        return MaskPredictions(
            classLogits: outputs.classLogits, maskEmbeddings: outputs.maskEmbeddings, maskFeatures: pixels.maskFeatures)
    }

    private var layers: [[QuerySublayer]] {
        attentions.indices.map { index in
            configuration.sublayers.map { sublayer in
                switch sublayer {
                case .crossAttention:
                    QuerySublayer("transformer_cross_attention_layers.\(index)", .crossAttention(attentions[index]))
                case .selfAttention:
                    QuerySublayer("transformer_self_attention_layers.\(index)", .selfAttention(selfAttentions[index]))
                case .feedForward:
                    QuerySublayer("transformer_ffn_layers.\(index)", .feedForward(feedForwards[index]))
                }
            }
        }
    }

    /// Projected features with level embedding and position: [B, H, W, I] -> [B, H, W, C].
    private func memory(_ feature: Variable, level: Int, _ context: ForwardContext) -> QueryMemory {
        let (height, width, channels) = (feature.shape[1], feature.shape[2], configuration.channels)
        let embedding = reshape(slice(levelEmbedding.variable(in: context), level..<level + 1), [channels])
        let position = sinePosition(height: height, width: width, channels: channels)
            .reshaped([height, width, channels])
        let isSum = attentions.allSatisfy(\.readsPositionedMemory)
        guard !inputProjections.isEmpty else {
            let map = add(feature, embedding)
            return isSum
                ? QueryMemory(map: add(map, Variable(position)), position: nil)
                : QueryMemory(map: map, position: position)
        }
        let (weight, bias) = inputProjections[level]
        // The level embedding is one more bias.
        let shift = add(bias.variable(in: context), embedding)
        let geometry = ConvolutionGeometry(kernel: 1, stride: 1, padding: 0, dilation: 1)
        guard context.recordsGradients || feature.shape[0] != 1 || !isSum else {
            let residual = position.reshaped([1, height, width, channels])
            let epilogue = Epilogue(shift: shift.value, residual: residual)
            return QueryMemory(
                map: Variable(convolve(feature.value, weight: weight.value, geometry, epilogue: epilogue)),
                position: nil)
        }
        let projected = convolution(feature, weight: weight.variable(in: context), bias: shift, geometry)
        return isSum
            ? QueryMemory(map: add(projected, Variable(position)), position: nil)
            : QueryMemory(map: projected, position: position)
    }

    /// [Q, C] -> [B, Q, C].
    private func repeated(_ x: Variable, _ batch: Int) -> Variable {
        add(Variable(Tensor(zeros: [batch] + x.shape)), x)
    }

    /// Its modules in order, with their work for one image of `height` × `width` as fvcore (and so the papers)
    /// counts it: a mask product at stride 4 after every layer, and its resizing to the next level at four a
    /// value.
    package func modules(height: Int, width: Int) -> [ModuleWork] {
        let (count, channels) = (configuration.queryCount, configuration.channels)
        let pixels = inputs.map { height * width / ($0.stride * $0.stride) }
        let predictions = attentions.count + 1
        var modules = [
            ModuleWork(
                "input_proj", scopes: ["input_proj", "level_embed"],
                multiplyAdds: inputProjections.isEmpty ? 0 : pixels.reduce(0, +) * inputs[0].channels * channels),
            ModuleWork("queries", scopes: ["query_feat", "query_embed"], multiplyAdds: 0),
        ]
        for index in attentions.indices {
            let cross = attentions[index].multiplyAdds(queries: count, pixels: pixels[index % pixels.count])
            modules += [
                ModuleWork("transformer_cross_attention_layers.\(index)", multiplyAdds: cross),
                ModuleWork(
                    "transformer_self_attention_layers.\(index)",
                    multiplyAdds: selfAttentions[index].multiplyAdds(queries: count)),
                ModuleWork(
                    "transformer_ffn_layers.\(index)",
                    multiplyAdds: feedForwards[index].multiplyAdds(queries: count)),
            ]
        }
        let masks = count * maskChannels * (height * width / 16)
        let resizing = (0..<predictions).reduce(0) { $0 + 4 * count * pixels[$1 % pixels.count] }
        return modules + [
            ModuleWork(
                "prediction_heads", scopes: ["decoder_norm", "class_embed", "mask_embed"],
                multiplyAdds: predictions * heads.multiplyAdds(queries: count)),
            ModuleWork("mask_products", scopes: [], multiplyAdds: predictions * masks + resizing),
        ]
    }
}
