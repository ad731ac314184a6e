import Autodiff
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

/// The loop of query decoders with an attention that is not PEM's.
@Suite struct QueryDecoderTests {
    /// Dense masked attention without projections; it adds positions to keys alone.
    private struct DenseAttention: QueryCrossAttention {
        let heads: Int
        let readsPositionedMemory = false

        func callAsFunction(
            _ queries: Variable, position: Variable, memory: QueryMemory, maskLogits: Tensor?, _ context: ForwardContext
        ) -> Variable {
            let (count, pixels) = (queries.shape[1], memory.map.shape[1] * memory.map.shape[2])
            let shape = [queries.shape[0], pixels, queries.shape[2]]
            guard let map = memory.position else { preconditionFailure("the position comes apart") }
            let bias = maskLogits.map { logits -> Variable in
                let bias = Tensor(zeros: [shape[0], 1, count, pixels])
                for image in 0..<shape[0] {
                    for query in 0..<count {
                        let excluded = (0..<pixels).filter {
                            logits.data[(image * pixels + $0) * count + query] < 0
                        }
                        guard excluded.count < pixels else { continue }
                        for pixel in excluded { bias.data[(image * count + query) * pixels + pixel] = -.infinity }
                    }
                }
                return Variable(bias)
            }
            let values = reshape(memory.map, shape)
            let keys = add(values, Variable(map.reshaped(shape)))
            return add(queries, attention(add(queries, position), keys, values, heads: heads, bias: bias))
        }
    }

    private func decoder(
        _ store: ParameterStore,
        _ order: [MultiScaleQueryDecoder.Sublayer] = [.crossAttention, .selfAttention, .feedForward],
        _ change: (inout MultiScaleQueryDecoder.Configuration) -> Void = { _ in }
    ) -> any QueryDecoder {
        var configuration = MultiScaleQueryDecoder.Configuration()
        (configuration.classCount, configuration.channels, configuration.queryCount) = (3, 8, 5)
        (configuration.headCount, configuration.feedForwardChannels, configuration.layerCount) = (2, 16, 3)
        configuration.normalizesFirst = false
        configuration.sublayers = order
        configuration.crossAttention = { DenseAttention(heads: $1.headCount) }
        change(&configuration)
        let maps = [FeatureShape(name: "c", stride: 16, channels: 6), FeatureShape(name: "d", stride: 8, channels: 6)]
        return configuration.make(
            store.root, features: [], pixels: PixelDecoderShapes(maskChannels: 4, multiScale: maps))
    }

    private func predictions(
        _ decoder: any QueryDecoder, _ context: ForwardContext, images: Int = 2, maskFeatures: Variable? = nil
    ) -> MaskPredictions {
        func map(_ name: String, _ height: Int, _ width: Int, _ channels: Int) -> Variable {
            let one = testTensor(name, [1, height, width, channels])
            return Variable(Tensor((0..<images).flatMap { _ in one.array }, shape: [images, height, width, channels]))
        }
        let pixels = PixelDecoderOutput(
            maskFeatures: maskFeatures ?? map("masks", 8, 12, 4), multiScale: [map("c", 2, 3, 6), map("d", 4, 6, 6)])
        return decoder(features: FeatureMaps([], []), pixels: pixels, context)
    }

    /// Evaluation is what a recorded pass computes; one image more changes nothing.
    @Test(arguments: [
        [MultiScaleQueryDecoder.Sublayer.crossAttention, .selfAttention, .feedForward],
        [.selfAttention, .crossAttention, .feedForward],
    ])
    func passesAgree(order: [MultiScaleQueryDecoder.Sublayer]) {
        let decoder = decoder(ParameterStore(seed: 1), order)
        let recorded = predictions(decoder, .training)
        #expect(recorded.classLogits.map(\.shape) == Array(repeating: [2, 5, 4], count: 4))
        #expect(recorded.raw.map(\.value.shape) == [[2, 5, 4], [2, 5, 8, 12]])
        for context in [ForwardContext.evaluation, .trainingWithFrozenStatistics] {
            let one = predictions(decoder, context, images: 1)
            for (a, b) in zip(one.classLogits + one.maskEmbeddings, recorded.classLogits + recorded.maskEmbeddings) {
                assertClose(a.value, b.value.items(0..<1).array.map(Double.init), tolerance: 1e-5)
            }
        }
    }

    struct Attention: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable (ParameterScope, MultiScaleQueryDecoder.Configuration) -> any QueryCrossAttention
    }

    private static let attentions = [
        Attention(testDescription: "masked attention") { MaskedCrossAttention($0, $1) },
        Attention(testDescription: "selected prototypes") {
            PrototypeCrossAttention($0, channels: $1.channels, heads: $1.headCount)
        },
        Attention(testDescription: "mean prototypes") {
            PrototypeCrossAttention($0, channels: $1.channels, heads: $1.headCount, prototypes: .mean)
        },
    ]

    /// Evaluation, which makes keys and values tile by tile, is what a recorded pass computes, whether layers normalise
    /// first, attend within masks, and project the maps or not.
    @Test(arguments: attentions, [0, 1, 2, 3, 4, 5, 6, 7])
    func passesAgree(attention: Attention, choices: Int) {
        let decoder = decoder(ParameterStore(seed: 1)) {
            $0.crossAttention = attention.make
            ($0.normalizesFirst, $0.isMasked) = (choices & 1 != 0, choices & 2 != 0)
            if choices & 4 != 0 { ($0.channels, $0.enforcesInputProjection) = (12, false) }
        }
        let recorded = predictions(decoder, .trainingWithFrozenStatistics)
        #expect(recorded.classLogits.count == 4)
        let plain = predictions(decoder, .evaluation)
        for (a, b) in zip(plain.classLogits + plain.maskEmbeddings, recorded.classLogits + recorded.maskEmbeddings) {
            assertClose(a.value, b.value.array.map(Double.init), tolerance: 1e-5)
        }
    }

    /// Masked attention, layer by layer, is the attention of its parts under a bias.
    @Test(arguments: [false, true]) func maskedCrossAttention(normalizesFirst: Bool) throws {
        let store = ParameterStore(seed: 4)
        var sizes = MultiScaleQueryDecoder.Configuration()
        (sizes.channels, sizes.headCount, sizes.normalizesFirst) = (8, 2, normalizesFirst)
        let layer = MaskedCrossAttention(store.root, sizes)
        #expect(
            store.parameters.map(\.name) == [
                "multihead_attn.in_proj_weight", "multihead_attn.in_proj_bias", "multihead_attn.out_proj.weight",
                "multihead_attn.out_proj.bias", "norm.weight", "norm.bias",
            ])
        for parameter in store.parameters {
            let values = testTensor(parameter.name, parameter.officialShape)
            parameter.load(officialValues: values.array)
        }
        func value(_ index: Int) -> Variable { Variable(store.parameters[index].value) }
        func part(_ x: Variable, _ index: Int) -> Variable {
            let rows = index * 8..<(index + 1) * 8
            return linear(x, weight: slice(value(0), rows), bias: slice(value(1), rows))
        }
        func norm(_ x: Variable) -> Variable { layerNorm(x, weight: value(4), bias: value(5), epsilon: 1e-5) }
        let (queries, position) = (Variable(testTensor("t", [2, 5, 8])), Variable(testTensor("e", [5, 8])))
        let map = testTensor("map", [2, 3, 4, 8], scale: 2)
        let sine = testTensor("sine", [2, 3, 4, 8])
        let logits = testTensor("logits", [2, 12, 5])
        for pixel in 0..<24 { logits.data[pixel * 5 + 3] = -1 }
        let bias = Tensor(zeros: [2, 1, 5, 12])
        for index in 0..<bias.count where logits.data[(index / 60 * 12 + index % 12) * 5 + index / 12 % 5] < 0 {
            if index / 12 % 5 != 3 { bias.data[index] = -.infinity }
        }
        let input = add(normalizesFirst ? norm(queries) : queries, position)
        let tokens = Variable(map.reshaped([2, 12, 8]))
        let mixed = attention(
            part(input, 0), part(add(tokens, Variable(sine.reshaped([2, 12, 8]))), 1), part(tokens, 2), heads: 2,
            bias: Variable(bias))
        let sum = add(queries, linear(mixed, weight: value(2), bias: value(3)))
        let expected = (normalizesFirst ? sum : norm(sum)).value.array.map(Double.init)
        for context in [ForwardContext.training, .evaluation] {
            let memory = QueryMemory(map: Variable(map), position: sine, context)
            let y = layer(queries, position: position, memory: memory, maskLogits: logits, context)
            assertClose(y.value, expected, tolerance: 1e-5)
        }
    }

    /// Levels that no layer sees have parameters, and no gradient reaches them.
    @Test func fewLayers() {
        let store = ParameterStore(seed: 1)
        let decoder = decoder(store) { $0.layerCount = 1 }
        let logits = predictions(decoder, .training).classLogits
        #expect(logits.count == 2)
        backward(weightedSum(logits[1], testTensor("weights", logits[1].shape)))
        func gradient(_ name: String) -> Tensor? { store.parameters.first { $0.name == name }?.gradient }
        #expect(gradient("input_proj.0.weight") != nil && gradient("input_proj.1.weight") == nil)
        let levels = gradient("level_embed.weight")?.array ?? []
        #expect(levels.prefix(8).contains { $0 != 0 } && levels.suffix(8).allSatisfy { $0 == 0 })
    }

    @Test func theOrderOfSublayersMatters() {
        let orders: [[MultiScaleQueryDecoder.Sublayer]] = [
            [.crossAttention, .selfAttention, .feedForward], [.selfAttention, .crossAttention, .feedForward],
        ]
        let results = orders.map { predictions(decoder(ParameterStore(seed: 1), $0), .evaluation) }
        let (one, other) = (results[0].finalClassLogits.array, results[1].finalClassLogits.array)
        #expect(zip(one, other).contains { abs($0 - $1) > 1e-3 })
        // The names and their order are those of the official code, whatever the order of the sublayers.
        let names = orders.map { order in
            let store = ParameterStore(seed: 1)
            _ = decoder(store, order)
            return store.parameters.map(\.name)
        }
        #expect(names[0] == names[1])
        #expect(names[0].contains("transformer_self_attention_layers.0.self_attn.in_proj_weight"))
    }

    /// The masks of an output direct the next layer: with no mask at all every position is seen.
    @Test func masksDirectTheNextLayer() {
        let decoder = decoder(ParameterStore(seed: 1), [.crossAttention, .selfAttention, .feedForward])
        let results = [nil, Variable(Tensor(zeros: [2, 8, 12, 4]))].map {
            predictions(decoder, .evaluation, maskFeatures: $0).classLogits.map(\.value.array)
        }
        #expect(results[0][0] == results[1][0] && results[0][1] != results[1][1])
    }
}
