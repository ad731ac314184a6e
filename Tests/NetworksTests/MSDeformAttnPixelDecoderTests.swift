import Autodiff
import Foundation
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct MSDeformAttnPixelDecoderTests {
    private static let inputs = (0..<4).map {
        FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: 8 * ($0 + 1))
    }

    /// A decoder whose parameters are all random, so that every one counts.
    private func made(
        _ change: (inout MSDeformAttnPixelDecoder.Configuration) -> Void = { _ in }
    ) -> (decoder: any PixelDecoder, store: ParameterStore) {
        var configuration = MSDeformAttnPixelDecoder.Configuration()
        (configuration.channels, configuration.maskDimension, configuration.layerCount) = (64, 24, 2)
        (configuration.headCount, configuration.feedForwardChannels) = (4, 32)
        change(&configuration)
        let store = ParameterStore(seed: 5)
        let decoder = configuration.make(store.root.child("p"), inputs: Self.inputs)
        for parameter in store.parameters {
            let fan = Float(parameter.officialShape.dropFirst().reduce(1, *))
            let values = testTensor(parameter.name, parameter.officialShape, scale: fan == 1 ? 1 : 2 / fan.squareRoot())
            parameter.load(officialValues: values.array)
        }
        return (decoder, store)
    }

    /// Maps of an input of some size, each rounded up from the last.
    private func maps(images: Int, height: Int, width: Int) -> FeatureMaps {
        FeatureMaps(
            Self.inputs,
            Self.inputs.map {
                let size = [(height + $0.stride - 1) / $0.stride, (width + $0.stride - 1) / $0.stride]
                return Variable(testTensor($0.name, [images] + size + [$0.channels]))
            })
    }

    @Test(arguments: [
        (["res3", "res4", "res5"], ["res5", "res4", "res3"], 1), (["res4", "res5"], ["res5", "res4", "res3"], 2),
        (["res5"], ["res5", "res4", "res3"], 3), (["res2", "res3", "res4", "res5"], ["res5", "res4", "res3"], 0),
        (["res3", "res5"], ["res5", "res3", "res2"], 1),
    ])
    func shapesFollowTheFeatures(features: [String], multiScale: [String], steps: Int) {
        let (decoder, store) = made { $0.transformerFeatures = features }
        let input = maps(images: 1, height: 70, width: 101)
        let output = decoder(input, .evaluation)
        #expect(decoder.divisibility == 1 && decoder.outputs.maskChannels == 24)
        #expect(decoder.outputs.multiScale.map(\.name) == multiScale)
        #expect(output.maskFeatures.shape == [1, 18, 26, 24])
        let expected = multiScale.compactMap(input.names.firstIndex).map {
            Array(input.maps[$0].shape.dropLast()) + [64]
        }
        #expect(output.multiScale.map(\.shape) == expected)
        #expect(
            store.parameters.filter { $0.name.contains("adapter_") && $0.name.hasSuffix(".norm.bias") }.count == steps)
    }

    /// Images apart, together, and as a recorded pass: with more tokens than a tile, and with as many as are streamed.
    @Test(arguments: [(70, 101), (200, 301)]) func passesAgree(height: Int, width: Int) {
        let decoder = made().decoder
        let input = maps(images: 2, height: height, width: width)
        let together = all(decoder(input, .evaluation))
        let recorded = all(decoder(input, .training))
        for (a, b) in zip(together, recorded) { assertClose(a, b.array.map(Double.init), tolerance: 2e-5) }
        for image in 0..<2 {
            let one = FeatureMaps(Self.inputs, input.maps.map { Variable($0.value.items(image..<image + 1)) })
            for (a, b) in zip(all(decoder(one, .evaluation)), together) {
                assertClose(a, b.items(image..<image + 1).array.map(Double.init), tolerance: 2e-5)
            }
        }
    }

    private func all(_ output: PixelDecoderOutput) -> [Tensor] {
        [output.maskFeatures.value] + output.multiScale.map(\.value)
    }

    @Test func gradientsReachEveryParameterAndDoNotDependOnThreads() {
        let (decoder, store) = made { $0.dropout = 0.2 }
        let input = maps(images: 3, height: 70, width: 101)
        var context = ForwardContext.training
        context.random = ImageStreams(seed: 1, step: 2)
        expectSameBits {
            for parameter in store.parameters { parameter.gradient = nil }
            let output = decoder(input, context)
            let sums = ([output.maskFeatures] + output.multiScale).map {
                weightedSum($0, testTensor("dY", $0.shape))
            }
            backward(sums.dropFirst().reduce(sums[0]) { add($0, $1) })
            #expect(store.parameters.allSatisfy { $0.gradient?.array.contains { $0 != 0 } == true })
            return store.parameters.compactMap(\.gradient)
        }
    }

    /// Dropout is drawn where a pass has random numbers, and nowhere else.
    @Test func dropoutActsWhereNumbersAreDrawn() {
        let input = maps(images: 1, height: 70, width: 101)
        var context = ForwardContext.training
        let plain = all(made().decoder(input, context))[0].array
        #expect(all(made { $0.dropout = 0.2 }.decoder(input, context))[0].array == plain)
        func drawn(step: Int) -> [Float] {
            context.random = ImageStreams(seed: 1, step: step)
            return all(made { $0.dropout = 0.2 }.decoder(input, context))[0].array
        }
        #expect(drawn(step: 1) == drawn(step: 1) && drawn(step: 1) != drawn(step: 2) && drawn(step: 1) != plain)
    }

    @Test func startsAsTheOfficialOne() throws {
        let store = ParameterStore(seed: 5)
        _ = MSDeformAttnPixelDecoder.Configuration().make(store.root, inputs: Self.inputs)
        func parameter(_ name: String) throws -> Parameter {
            try #require(store.parameters.first { $0.name == name })
        }
        func layer(_ index: Int, _ name: String) throws -> [Float] {
            try parameter("transformer.encoder.layers.\(index).\(name)").officialValues
        }
        let bias = try layer(3, "self_attn.sampling_offsets.bias")
        // Head 1 looks down to the right, head 4 to the left; point 2 of level 1.
        #expect(abs(bias[(1 * 12 + 6) * 2] - 3) < 1e-6 && abs(bias[(1 * 12 + 6) * 2 + 1] - 3) < 1e-6)
        #expect(bias[(4 * 12 + 6) * 2] == -3 && abs(bias[(4 * 12 + 6) * 2 + 1]) < 1e-6)
        for name in ["sampling_offsets.weight", "attention_weights.weight", "value_proj.bias", "output_proj.bias"] {
            let values = try layer(0, "self_attn." + name)
            #expect(values.allSatisfy { $0 == 0 })
        }
        for name in ["linear1", "linear2"] {
            let biases = try [0, 5].map { try layer($0, name + ".bias") }
            let weights = try [0, 5].map { try layer($0, name + ".weight") }
            #expect(biases[0] == biases[1] && weights[0] != weights[1])
        }
        let embedding = try parameter("transformer.level_embed")
        #expect(embedding.role == .weight && embedding.officialShape == [3, 256])
        let deviation = embedding.officialValues.reduce(0) { $0 + $1 * $1 } / 768
        #expect(abs(deviation - 1) < 0.2)
    }

    @Test func countsTheOfficialOperations() {
        let trace = ForwardTrace()
        let input = maps(images: 1, height: 256, width: 512)
        _ = made().decoder(input, .evaluation.traced(by: trace))
        let (tokens, channels) = (32 * 64 + 16 * 32 + 8 * 16, 64)
        // Values and output, offsets and weights of 4 heads × 3 levels × 4 points, the feed-forward network.
        let encoder = 2 * tokens * channels * (2 * channels + 48 * 3 + 2 * 32)
        let projections = channels * (32 * 64 * 16 + 16 * 32 * 24 + 8 * 16 * 32)
        let pyramid = 64 * 128 * channels * (8 + 9 * channels + 24)
        #expect(trace.work.products == encoder + projections + pyramid)
        #expect(trace.work.resizedValues == 2 * tokens * channels * 12 + 64 * 128 * channels)
    }
}
