import Autodiff
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct DropoutTests {
    private func context(firstImage: Int = 0, step: Int = 3) -> ForwardContext {
        var context = ForwardContext.training
        context.random = ImageStreams(seed: 7, step: step, firstImage: firstImage)
        return context
    }

    private func dropout(_ name: String, probability: Double) -> Dropout {
        Dropout(ParameterStore(seed: 1).root.child(name), probability: probability)
    }

    @Test func aShareGoesAndMeansStay() throws {
        let layer = dropout("a", probability: 0.25)
        let factors = layer(Variable(Tensor(repeating: 1, shape: [2, 100, 50])), context()).value
        #expect(Set(factors.array) == [0, Float(1 / 0.75)])
        let share = Double(factors.array.filter { $0 == 0 }.count) / 10_000
        #expect(abs(share - 0.25) < 0.02, "\(share)")
        let x = testTensor("x", [2, 100, 50])
        assertClose(layer(Variable(x), context()).value, zip(x.array, factors.array).map { Double($0) * Double($1) })
        let mask = try #require(layer.mask(images: 2, context()))
        #expect(Autodiff.dropout(Variable(x), mask).value.array == layer(Variable(x), context()).value.array)
    }

    @Test func whereNothingGoes() {
        let x = Variable(testTensor("x", [2, 3, 4]))
        for (probability, context) in [(0, context()), (0.5, .evaluation), (0.5, .training)] {
            #expect(dropout("a", probability: probability)(x, context).value.array == x.value.array)
        }
    }

    /// What goes is a matter of the image in the step's batch and of the layer, not of the batch's division.
    @Test func imagesHaveTheirOwn() {
        func factors(_ name: String, _ context: ForwardContext, images: Int = 1) -> [Float] {
            dropout(name, probability: 0.5)(Variable(Tensor(repeating: 1, shape: [images, 64])), context).value.array
        }
        let both = factors("a", context(), images: 2)
        let second = factors("a", context(firstImage: 1))
        #expect(Array(both.suffix(64)) == second)
        #expect(Array(both.prefix(64)) != second)
        #expect(factors("a", context(firstImage: 1, step: 4)) != second)
        #expect(factors("b", context(firstImage: 1)) != second)
    }

    /// An image's channel goes whole or stays whole.
    @Test func channels() {
        let layer = ChannelDropout(ParameterStore(seed: 1).root.child("a"), probability: 0.25)
        let ones = Variable(Tensor(repeating: 1, shape: [2, 3, 2, 5000]))
        let factors = layer(ones, context()).value
        let rows = (0..<12).map { Array(factors.array[$0 * 5000..<($0 + 1) * 5000]) }
        #expect(rows[0..<6].allSatisfy { $0 == rows[0] } && rows[6...].allSatisfy { $0 == rows[6] })
        #expect(rows[0] != rows[6] && Set(factors.array) == [0, Float(1 / 0.75)])
        #expect(abs(Double((rows[0] + rows[6]).filter { $0 == 0 }.count) / 10_000 - 0.25) < 0.02)
        let second = layer(Variable(Tensor(repeating: 1, shape: [1, 1, 1, 5000])), context(firstImage: 1)).value.array
        #expect(second == rows[6])
        #expect(layer(ones, .evaluation).value.array == ones.value.array)
    }

    /// MaskFormer's decoder draws in training alone, the same again for the same step.
    @Test func standardDecoder() {
        var sizes = StandardTransformerDecoder.Configuration()
        (sizes.classCount, sizes.channels, sizes.queryCount, sizes.headCount) = (3, 8, 5, 2)
        (sizes.feedForwardChannels, sizes.layerCount, sizes.memory) = (16, 2, .encoder)
        let maps = [FeatureShape(name: "c", stride: 32, channels: 6)]
        let store = ParameterStore(seed: 1)
        let decoder = sizes.make(
            store.root, features: [], pixels: PixelDecoderShapes(maskChannels: 4, multiScale: maps, encoded: maps[0]))
        #expect(store.parameters.contains { $0.name == "input_proj.weight" && $0.officialShape == [8, 6, 1, 1] })
        func logits(_ context: ForwardContext) -> [[Float]] {
            decoder(
                features: FeatureMaps([], []),
                pixels: PixelDecoderOutput(
                    maskFeatures: Variable(testTensor("masks", [2, 8, 12, 4])),
                    multiScale: [], encoded: Variable(testTensor("c", [2, 2, 3, 6]))), context
            ).classLogits.map(\.value.array)
        }
        let (drawn, plain) = (logits(context()), logits(.evaluation))
        #expect(drawn.count == 2 && drawn == logits(context()))
        #expect(drawn[0] != plain[0] && drawn != logits(context(step: 4)))
        #expect(plain == logits(.evaluation))
    }
}
