import Autodiff
import Layers
import Tensors

/// PEM's transformer decoder (pem_transformer_decoder.py, there named MultiScaleMaskedTransformerDecoder).
package struct PEMTransformerDecoder {
    /// Sizes of the decoder; the defaults are those of every PEM configuration.
    package struct Configuration: Sendable, Equatable {
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
        /// SEM_SEG_HEAD.MASK_DIM.
        package var maskDimension = 256

        /// The sizes of PEM on Cityscapes.
        package init() {}
    }

    private struct Layer {
        let crossAttention: PrototypeCrossAttention
        let selfAttention: SelfAttention
        let feedForward: FeedForward
    }

    private let configuration: Configuration
    private let inputs: Int
    private let layers: [Layer]
    private let decoderNorm: LayerNorm
    private let queryFeatures: Parameter
    private let queryPositions: Parameter
    private let levelEmbedding: Parameter
    private let inputProjections: [(weight: Parameter, bias: Parameter)]
    private let classEmbedding: Linear
    private let maskEmbedding: MultiLayerPerceptron

    /// Parameters in `scope` (official prefix `sem_seg_head.predictor.`); `inputs` are the pixel decoder's
    /// channels.
    package init(_ scope: ParameterScope, inputs: Int, _ configuration: Configuration) {
        let channels = configuration.channels
        self.configuration = configuration
        self.inputs = inputs
        layers = (0..<configuration.layerCount).map { index in
            Layer(
                crossAttention: PrototypeCrossAttention(
                    scope.child("transformer_cross_attention_layers").child(index), channels: channels,
                    heads: configuration.headCount),
                selfAttention: SelfAttention(
                    scope.child("transformer_self_attention_layers").child(index), channels: channels,
                    heads: configuration.headCount, normalizesFirst: configuration.normalizesFirst),
                feedForward: FeedForward(
                    scope.child("transformer_ffn_layers").child(index), channels: channels,
                    hidden: configuration.feedForwardChannels,
                    normalizesFirst: configuration.normalizesFirst))
        }
        decoderNorm = LayerNorm(scope.child("decoder_norm"), channels: channels)
        func table(_ name: String, _ rows: Int) -> Parameter {
            scope.child(name).parameter("weight", [rows, channels], role: .embedding, .normal(deviation: 1))
        }
        queryFeatures = table("query_feat", configuration.queryCount)
        queryPositions = table("query_embed", configuration.queryCount)
        levelEmbedding = table("level_embed", 3)
        let projects = inputs != channels || configuration.enforcesInputProjection
        inputProjections = (0..<(projects ? 3 : 0)).map { level in
            let projection = scope.child("input_proj").child(level)
            return (
                projection.parameter("weight", [channels, inputs, 1, 1], layout: .convolution, .caffe2Xavier),
                projection.parameter("bias", [channels], .constant(0))
            )
        }
        classEmbedding = Linear(
            scope.child("class_embed"), inputs: channels, outputs: configuration.classCount + 1)
        maskEmbedding = MultiLayerPerceptron(
            scope.child("mask_embed"), inputs: channels, hidden: channels,
            outputs: configuration.maskDimension, depth: 3)
    }

    /// The pixel decoder's output -> what the queries predict after each layer.
    package func callAsFunction(_ pixels: PixelDecoderOutput, _ context: ForwardContext) -> MaskPredictions {
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
        let batch = pixels.maskFeatures.shape[0]
        let position = queryPositions.variable(in: context)
        var queries = repeated(queryFeatures.variable(in: context), batch)
        var classLogits: [Variable] = []
        var maskEmbeddings: [Variable] = []
        for index in 0...layers.count {
            // Evaluation reads the last prediction only, but every layer's is cheap beside its attention
            // mask.
            let (logits, embedding) = context.measured("prediction_heads") {
                let normed = decoderNorm(queries, context)
                return (classEmbedding(normed, context), maskEmbedding(normed, context))
            }
            classLogits.append(logits)
            maskEmbeddings.append(embedding)
            guard index < layers.count else { break }
            let (layer, level) = (layers[index], index % 3)
            let maskLogits = context.measured("mask_products") {
                maskProduct(
                    maskEmbedding: Variable(embedding.value), features: Variable(tokens(maskFeatures[level])))
            }
            queries = context.measured("transformer_cross_attention_layers.\(index)") {
                layer.crossAttention(
                    queries, position: position, memory: memories[level], maskLogits: maskLogits, context)
            }
            queries = context.measured("transformer_self_attention_layers.\(index)") {
                layer.selfAttention(queries, position: position, context)
            }
            queries = context.measured("transformer_ffn_layers.\(index)") {
                layer.feedForward(queries, context)
            }
        }
        return MaskPredictions(
            classLogits: classLogits, maskEmbeddings: maskEmbeddings, maskFeatures: pixels.maskFeatures)
    }

    /// Projected features with level embedding and position: [B, H, W, I] -> [B, H, W, C].
    private func memory(_ feature: Variable, level: Int, _ context: ForwardContext) -> Variable {
        let (height, width, channels) = (feature.shape[1], feature.shape[2], configuration.channels)
        let embedding = reshape(slice(levelEmbedding.variable(in: context), level..<level + 1), [channels])
        let position = sinePosition(height: height, width: width, channels: channels)
            .reshaped([height, width, channels])
        guard !inputProjections.isEmpty else { return add(add(feature, embedding), Variable(position)) }
        let (weight, bias) = inputProjections[level]
        // The level embedding is one more bias.
        let shift = add(bias.variable(in: context), embedding)
        let geometry = ConvolutionGeometry(kernel: 1, stride: 1, padding: 0, dilation: 1)
        guard context.recordsGradients || feature.shape[0] != 1 else {
            let residual = position.reshaped([1, height, width, channels])
            let epilogue = Epilogue(shift: shift.value, residual: residual)
            return Variable(convolve(feature.value, weight: weight.value, geometry, epilogue: epilogue))
        }
        let projected = convolution(feature, weight: weight.variable(in: context), bias: shift, geometry)
        return add(projected, Variable(position))
    }

    private func tokens(_ x: Tensor) -> Tensor {
        x.reshaped([x.shape[0], x.shape[1] * x.shape[2], x.shape[3]])
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
        let pixels = [1024, 256, 64].map { height * width / $0 }
        let predictions = layers.count + 1
        var modules = [
            ModuleWork(
                "input_proj", scopes: ["input_proj", "level_embed"],
                multiplyAdds: inputProjections.isEmpty ? 0 : pixels.reduce(0, +) * inputs * channels),
            ModuleWork("queries", scopes: ["query_feat", "query_embed"], multiplyAdds: 0),
        ]
        for (index, layer) in layers.enumerated() {
            let cross = layer.crossAttention.multiplyAdds(queries: count, pixels: pixels[index % 3])
            modules += [
                ModuleWork("transformer_cross_attention_layers.\(index)", multiplyAdds: cross),
                ModuleWork(
                    "transformer_self_attention_layers.\(index)",
                    multiplyAdds: layer.selfAttention.multiplyAdds(queries: count)),
                ModuleWork(
                    "transformer_ffn_layers.\(index)",
                    multiplyAdds: layer.feedForward.multiplyAdds(queries: count)),
            ]
        }
        let heads = classEmbedding.multiplyAdds(rows: count) + maskEmbedding.multiplyAdds(rows: count)
        let masks = count * configuration.maskDimension * (height * width / 16)
        let resizing = (0..<predictions).reduce(0) { $0 + 4 * count * pixels[$1 % 3] }
        return modules + [
            ModuleWork(
                "prediction_heads", scopes: ["decoder_norm", "class_embed", "mask_embed"],
                multiplyAdds: predictions * heads),
            ModuleWork("mask_products", scopes: [], multiplyAdds: predictions * masks + resizing),
        ]
    }
}
