import Autodiff
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

/// What goldens do not cover of MaskFormer's pixel decoders: their maps for Mask2Former's queries, and an encoder
/// before the query decoder.
@Suite struct MaskFormerPixelDecoderTests {
    private let inputs = [4, 6, 8, 10].enumerated().map {
        FeatureShape(name: "res\($0 + 2)", stride: 4 << $0, channels: $1)
    }

    /// The backbone's maps of an image whose sides no stride divides.
    private var features: FeatureMaps {
        let sizes = [(13, 18), (7, 9), (4, 5), (2, 3)]
        return FeatureMaps(
            inputs,
            zip(inputs, sizes).map {
                Variable(testTensor($0.name, [2, $1.0, $1.1, $0.channels]))
            })
    }

    @Test func mapsForSeveralScales() throws {
        var base = BasePixelDecoder.Configuration()
        (base.channels, base.maskDimension) = (32, 24)
        var encoder = TransformerEncoderPixelDecoder.Configuration()
        (encoder.base, encoder.layerCount, encoder.feedForwardChannels) = (base, 1, 16)
        for configuration in [base, encoder] as [any PixelDecoderConfiguration] {
            let decoder = configuration.make(ParameterStore(seed: 1).root, inputs: inputs)
            #expect(decoder.divisibility == 1 && decoder.outputs.maskChannels == 24)
            #expect(decoder.outputs.multiScale.map(\.stride) == [32, 16, 8])
            let output = decoder(features, .evaluation)
            #expect(output.maskFeatures.shape == [2, 13, 18, 24])
            #expect(output.multiScale.map(\.shape) == [[2, 2, 3, 32], [2, 4, 5, 32], [2, 7, 9, 32]])
            // ReLUs end them.
            #expect(output.multiScale.allSatisfy { $0.value.array.allSatisfy { $0 >= 0 } })
            #expect((output.encoded == nil) == (configuration is BasePixelDecoder.Configuration))
            #expect(output.encoded?.shape == decoder.outputs.encoded.map { [2, 2, 3, $0.channels] })
            // A recorded pass computes the same.
            let recorded = decoder(features, .trainingWithFrozenStatistics)
            assertClose(recorded.maskFeatures.value, output.maskFeatures.value.array.map(Double.init))
        }
    }

    /// An encoder before the query decoder does what the same encoder in the pixel decoder does: names, and so initial
    /// weights, are the same.
    @Test(arguments: [false, true]) func encoderBeforeTheQueryDecoder(normalizesFirst: Bool) throws {
        var pixels = TransformerEncoderPixelDecoder.Configuration()
        (pixels.base.channels, pixels.base.norm, pixels.base.maskDimension) = (16, .none, 16)
        (pixels.layerCount, pixels.headCount, pixels.feedForwardChannels) = (2, 4, 24)
        pixels.normalizesFirst = normalizesFirst
        let pixelStore = ParameterStore(seed: 1)
        let pixelDecoder = pixels.make(pixelStore.root, inputs: inputs)
        let output = pixelDecoder(features, .evaluation)
        func logits(_ layers: Int, _ memory: StandardTransformerDecoder.Memory) -> (names: Set<String>, Tensor) {
            var sizes = StandardTransformerDecoder.Configuration()
            (sizes.channels, sizes.queryCount, sizes.headCount, sizes.classCount) = (16, 5, 4, 3)
            (sizes.feedForwardChannels, sizes.layerCount, sizes.memory) = (24, 1, memory)
            (sizes.encoderLayerCount, sizes.normalizesFirst) = (layers, normalizesFirst)
            let store = ParameterStore(seed: 1)
            let decoder = sizes.make(store.root, features: inputs, pixels: pixelDecoder.outputs)
            let found = decoder(features: features, pixels: output, .evaluation)
            return (Set(store.parameters.map(\.name)), found.finalClassLogits)
        }
        let (names, before) = logits(2, .backbone("res5"))
        let encoder = pixelStore.parameters.map(\.name).filter { $0.hasPrefix("transformer.encoder.") }
        #expect(encoder.count == 2 * 12 + (normalizesFirst ? 2 : 0) && names.isSuperset(of: encoder))
        // PARITY: a decoder that normalises first has the encoder's norm even where that has no layers.
        let (plainNames, within) = logits(0, .encoder)
        #expect(plainNames.contains("transformer.encoder.norm.weight") == normalizesFirst)
        // There it comes twice then, which changes little.
        assertClose(before, within.array.map(Double.init), tolerance: normalizesFirst ? 1e-4 : 1e-6)
    }
}
