import Autodiff
import Kernels
import Layers
import Networks
import Tensors

/// MaskFormer's decoder (StandardTransformerDecoder; TransformerPredictor of MaskFormer), which is DETR's: queries that
/// start at 0 read one map, without masks, and predict after each layer.
package struct StandardTransformerDecoder: QueryDecoder {
    /// The map that queries read (MASK_FORMER.TRANSFORMER_IN_FEATURE).
    package enum Memory: Sendable, Equatable {
        /// One of the backbone's maps.
        case backbone(String)
        /// What the pixel decoder's encoder makes of the coarsest map.
        case encoder
        /// The mask features.
        case maskFeatures
    }

    /// Sizes of the decoder; the defaults are MaskFormer's.
    package struct Configuration: QueryDecoderConfiguration {
        /// Classes, without "no object".
        package var classCount = 150
        /// MASK_FORMER.HIDDEN_DIM.
        package var channels = 256
        /// MASK_FORMER.NUM_OBJECT_QUERIES.
        package var queryCount = 100
        /// MASK_FORMER.NHEADS.
        package var headCount = 8
        /// MASK_FORMER.DIM_FEEDFORWARD.
        package var feedForwardChannels = 2048
        /// MASK_FORMER.DEC_LAYERS.
        package var layerCount = 6
        /// MASK_FORMER.PRE_NORM.
        package var normalizesFirst = false
        /// MASK_FORMER.ENFORCE_INPUT_PROJ: project even where the channels agree.
        package var enforcesInputProjection = false
        /// MASK_FORMER.DROPOUT: of attention probabilities, of the hidden values of feed-forward layers, and of what is
        /// added to the queries.
        package var dropout = 0.1
        /// The map that queries read.
        package var memory = Memory.backbone("res5")
        /// MASK_FORMER.ENC_LAYERS: layers of a transformer encoder on that map.
        package var encoderLayerCount = 0
        /// Whether queries have classes, not only masks.
        package var classifiesQueries = true

        /// MaskFormer's sizes.
        package init() {}

        /// The decoder of these sizes.
        package func make(
            _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes
        ) -> any QueryDecoder {
            StandardTransformerDecoder(scope, features: features, pixels: pixels, self)
        }
    }

    private let configuration: Configuration
    private let layers: QueryDecoderLayers
    private let queryPositions: Parameter
    private let inputProjection: ConvNormActivation?
    private let encoder: TransformerEncoder

    /// Parameters in `scope`.
    init(
        _ scope: ParameterScope, features: [FeatureShape], pixels: PixelDecoderShapes, _ configuration: Configuration
    ) {
        let channels = configuration.channels
        self.configuration = configuration
        let transformer = scope.child("transformer")
        encoder = TransformerEncoder(
            transformer.child("encoder"),
            .init(
                channels: channels, headCount: configuration.headCount,
                feedForwardChannels: configuration.feedForwardChannels, layerCount: configuration.encoderLayerCount,
                normalizesFirst: configuration.normalizesFirst, dropout: configuration.dropout))
        let decoder = transformer.child("decoder")
        var copied: FeedForward?
        let layers = (0..<configuration.layerCount).map {
            Self.layer(
                decoder.child("layers").child($0), "transformer.decoder.layers.\($0)", configuration, copied: &copied)
        }
        let norm = LayerNorm(decoder.child("norm"), channels: channels)
        queryPositions = scope.child("query_embed").parameter(
            "weight", [configuration.queryCount, channels], role: .embedding, .normal(deviation: 1))
        let inputs = Self.chosen(
            configuration.memory, features: features.map { ($0.name, $0.channels) }, maskFeatures: pixels.maskChannels,
            encoded: pixels.encoded?.channels)
        var projection = ConvNormActivation.Configuration(inputs: inputs, outputs: channels)
        (projection.hasBias, projection.norm, projection.activation) = (true, .none, .none)
        projection.initializer = .caffe2Xavier
        let input = scope.child("input_proj")
        inputProjection =
            configuration.enforcesInputProjection || inputs != channels
            ? ConvNormActivation(convolution: input, norm: input, projection) : nil
        self.layers = QueryDecoderLayers(
            layers,
            heads: PredictionHeads(
                scope, norm: norm, channels: channels,
                classCount: configuration.classifiesQueries ? configuration.classCount : nil,
                maskChannels: pixels.maskChannels))
    }

    /// DETR's layer, self-attention first. The feed-forward layers start as copies of the first one.
    private static func layer(
        _ scope: ParameterScope, _ name: String, _ sizes: Configuration, copied: inout FeedForward?
    ) -> [QuerySublayer] {
        func attention(_ name: String) -> MultiheadAttention {
            MultiheadAttention(
                scope.child(name), channels: sizes.channels, heads: sizes.headCount, dropout: sizes.dropout)
        }
        func norm(_ name: String) -> LayerNorm { LayerNorm(scope.child(name), channels: sizes.channels) }
        func dropout(_ name: String) -> Dropout { Dropout(scope.child(name), probability: sizes.dropout) }
        let feedForward = FeedForward(
            scope, channels: sizes.channels, hidden: sizes.feedForwardChannels, normalizesFirst: sizes.normalizesFirst,
            names: FeedForward.Names(norm: "norm3", dropouts: ("dropout", "dropout3")), dropout: sizes.dropout,
            copied: copied)
        copied = copied ?? feedForward
        return [
            .selfAttention(
                "\(name).self_attn",
                SelfAttention(
                    attention("self_attn"), norm: norm("norm1"), dropout: dropout("dropout1"),
                    normalizesFirst: sizes.normalizesFirst)),
            .crossAttention(
                "\(name).multihead_attn",
                StandardCrossAttention(
                    attention: attention("multihead_attn"), norm: norm("norm2"), dropout: dropout("dropout2"),
                    normalizesFirst: sizes.normalizesFirst)),
            .feedForward("\(name).ffn", feedForward),
        ]
    }

    /// The memory among the maps, or what is known of it.
    private static func chosen<Map>(
        _ memory: Memory, features: [(name: String, map: Map)], maskFeatures: Map, encoded: Map?
    ) -> Map {
        let map: Map? =
            switch memory {
            case .encoder: encoded
            case .maskFeatures: maskFeatures
            case .backbone(let name): features.first { $0.name == name }?.map
            }
        guard let map else {
            preconditionFailure("standard decoder: no \(memory) among \(features.map(\.name))")
        }
        return map
    }

    /// The maps of backbone and pixel decoder -> what the queries predict after each layer.
    package func callAsFunction(
        features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> MaskPredictions {
        outputs(features: features, pixels: pixels, context).masks(pixels.maskFeatures)
    }

    /// The same without the mask features.
    func outputs(features: FeatureMaps, pixels: PixelDecoderOutput, _ context: ForwardContext) -> QueryOutputs {
        let memory = memory(features, pixels, context)
        let shape = [memory.map.shape[0], configuration.queryCount, configuration.channels]
        let queries = Variable(Tensor(zeros: shape), images: memory.map.images)
        return layers(
            queries, position: queryPositions.variable(in: context), memories: [memory],
            maskFeatures: pixels.maskFeatures, predictsFirst: false, isMasked: false, context)
    }

    /// The map that queries read, [B, H, W, C], and its position.
    private func memory(
        _ features: FeatureMaps, _ pixels: PixelDecoderOutput, _ context: ForwardContext
    ) -> QueryMemory {
        let map = Self.chosen(
            configuration.memory, features: zip(features.names, features.maps).map { ($0, $1) },
            maskFeatures: pixels.maskFeatures, encoded: pixels.encoded)
        let position = sinePosition(
            images: map.shape[0], height: map.shape[1], width: map.shape[2], channels: configuration.channels)
        let projected = context.measured("input_proj") { inputProjection?(map, context) ?? map }
        let encoded = context.measured("transformer") { encoder(projected, context) }
        return QueryMemory(map: encoded, position: position, context)
    }
}

/// DETR's cross-attention: t + attention(q = t + e, k = memory + position, v = memory).
private struct StandardCrossAttention: QueryCrossAttention {
    let attention: MultiheadAttention
    let norm: LayerNorm
    let dropout: Dropout
    let normalizesFirst: Bool

    /// Keys have the position, values do not.
    var readsPositionedMemory: Bool { false }

    /// Queries [B, Q, C] with their position [Q, C] -> [B, Q, C].
    func callAsFunction(
        _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
    ) -> Variable {
        precondition(maskLogits == nil, "standard decoder: its queries have no masks")
        let (shape, channels) = (memory.map.shape, queries.shape[2])
        func tokens(_ x: Variable) -> Variable { reshape(x, [shape[0], shape[1] * shape[2], channels]) }
        let keys = memory.positioned ?? memory.position.map { add(memory.map, Variable($0)) } ?? memory.map
        let input = normalizesFirst ? norm(queries, context) : queries
        let update = attention(add(input, position), keys: tokens(keys), values: tokens(memory.map), context)
        let sum = add(queries, dropout(update, context))
        return normalizesFirst ? sum : norm(sum, context)
    }
}
