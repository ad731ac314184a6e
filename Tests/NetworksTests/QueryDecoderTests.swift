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

    private func decoder(_ store: ParameterStore, _ order: [MultiScaleQueryDecoder.Sublayer]) -> any QueryDecoder {
        var configuration = MultiScaleQueryDecoder.Configuration()
        (configuration.classCount, configuration.channels, configuration.queryCount) = (3, 8, 5)
        (configuration.headCount, configuration.feedForwardChannels, configuration.layerCount) = (2, 16, 3)
        configuration.normalizesFirst = false
        configuration.sublayers = order
        configuration.crossAttention = { DenseAttention(heads: $1.headCount) }
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
