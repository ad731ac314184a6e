import Annotations
import Autodiff
import Backbones
import Layers
import Networks
import PixelClassifiers
import Tensors
import TestSupport
import Testing

@Suite struct SegFormerTests {
    struct Facts: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let depths: [Int]
        /// Millions of the network with 150 classes, and of its encoder.
        let parameters, encoder: Double
        /// Of the input, a square.
        let side: Int
        /// Thousand millions.
        let multiplyAdds: Double

        var configuration: EncoderDecoder.Configuration {
            var (backbone, head) = (MixTransformer.Configuration(), SegFormerHead.Configuration())
            backbone.depths = depths
            if testDescription != "B0" { backbone.channels = [64, 128, 320, 512] }
            head.channels = testDescription > "B1" ? 768 : 256
            return .init(backbone: backbone, head: head)
        }
    }

    /// Tables 1 and 6 of the paper; its multiply-adds of B4 and B5 are 0.1 more.
    static let facts = [
        Facts(
            testDescription: "B0", depths: [2, 2, 2, 2], parameters: 3.77, encoder: 3.32, side: 512,
            multiplyAdds: 8.39),
        Facts(
            testDescription: "B1", depths: [2, 2, 2, 2], parameters: 13.74, encoder: 13.15, side: 512,
            multiplyAdds: 15.88),
        Facts(
            testDescription: "B2", depths: [3, 4, 6, 3], parameters: 27.48, encoder: 24.20, side: 512,
            multiplyAdds: 62.34),
        Facts(
            testDescription: "B3", depths: [3, 4, 18, 3], parameters: 47.36, encoder: 44.07, side: 512,
            multiplyAdds: 78.96),
        Facts(
            testDescription: "B4", depths: [3, 8, 27, 3], parameters: 64.13, encoder: 60.84, side: 512,
            multiplyAdds: 95.57),
        Facts(
            testDescription: "B5", depths: [3, 6, 40, 3], parameters: 84.73, encoder: 81.44, side: 640,
            multiplyAdds: 183.14),
    ]

    @Test(arguments: facts) func sizesAreThoseOfThePaper(facts: Facts) {
        let network = EncoderDecoder(facts.configuration, seed: 1)
        let parameters = network.store.parameters.filter { $0.role != .buffer }
        func millions(_ prefix: String) -> Double {
            Double(parameters.filter { $0.name.hasPrefix(prefix) }.reduce(0) { $0 + $1.value.count }) / 1e6
        }
        #expect(abs(millions("") - facts.parameters) < 0.0051 && abs(millions("backbone.") - facts.encoder) < 0.0051)
        let trace = ForwardTrace()
        _ = network(Tensor(zeros: [1, facts.side, facts.side, 3]), .evaluation.traced(by: trace))
        #expect(abs(Double(trace.work.published(.products)) / 1e9 - facts.multiplyAdds) < 0.0051)
        // All are read but those of the layer that never runs.
        let unread = parameters.filter(\.isUnread)
        #expect(unread.map(\.name) == ["weight", "bias"].map { "decode_head.conv_seg." + $0 })
        let read = trace.modules.reduce(0) { $0 + $1.parameters }
        #expect(read + unread.reduce(0) { $0 + $1.value.count } == network.store.parameterCount)
    }

    /// A small one in which every parameter and statistic is something else than where it starts.
    private static func network(dropPath: Float = 0, dropout: Double = 0) -> EncoderDecoder {
        var (backbone, head) = (MixTransformer.Configuration(), SegFormerHead.Configuration())
        (backbone.channels, backbone.depths, backbone.headCounts) = ([6, 8, 20, 33], [1, 2, 1, 1], [1, 2, 5, 3])
        backbone.dropPathRate = dropPath
        (head.classCount, head.channels, head.dropout) = (5, 19, dropout)
        let network = EncoderDecoder(.init(backbone: backbone, head: head), seed: 1)
        for parameter in network.store.parameters {
            let values = testTensor(parameter.name, [parameter.value.count], scale: 0.4).array
            let isVariance = parameter.name.hasSuffix("running_var")
            parameter.load(
                officialValues: zip(parameter.officialValues, values).map { isVariance ? 0.7 + $1 : $0 + $1 })
        }
        return network
    }

    /// Sides that no stride and no reduction divides; streamed as with a graph.
    @Test(arguments: [[1, 64, 64], [2, 37, 50], [1, 29, 131]]) func anySize(size: [Int]) {
        let network = Self.network()
        let x = testTensor("x", size + [3])
        let (streamed, kept) = (network.outputs(x, .evaluation), network.outputs(x, .trainingWithFrozenStatistics))
        var (height, width) = ((size[1] + 3) / 4, (size[2] + 3) / 4)
        #expect(streamed.predictions.finalLogits.shape == [size[0], height, width, 5])
        assertClose(
            streamed.predictions.finalLogits, kept.predictions.finalLogits.array.map(Double.init), tolerance: 1e-5)
        for (index, (a, b)) in zip(streamed.features.maps, kept.features.maps).enumerated() {
            #expect(a.shape == [size[0], height, width, [6, 8, 20, 33][index]])
            assertClose(a.value, b.value.array.map(Double.init))
            (height, width) = ((height + 1) / 2, (width + 1) / 2)
        }
    }

    /// The optimiser leaves what gets no gradient as it is.
    @Test func whatNeverRunsGetsNoGradient() {
        let network = Self.network()
        let logits = network.outputs(testTensor("x", [1, 40, 40, 3]), .training).predictions.logits[0]
        backward(weightedSum(logits, testTensor("dY", logits.shape)))
        #expect(network.store.trainable.allSatisfy { ($0.gradient == nil) == $0.isUnread })
    }

    /// Both branches of a block are dropped, of the last block with the whole rate and of the first with none; the head
    /// drops channels.
    @Test func randomNumbersOfTraining() {
        func maps(_ network: EncoderDecoder, step: Int?) -> [[Float]] {
            var context = ForwardContext.trainingWithFrozenStatistics
            context.random = step.map { ImageStreams(seed: 3, step: $0) }
            let outputs = network.outputs(testTensor("x", [1, 40, 33, 3]), context)
            return (outputs.features.maps + outputs.predictions.logits).map(\.value.array)
        }
        let dropped = Self.network(dropPath: 0.9)
        let plain = maps(dropped, step: nil)
        let steps = (0..<8).map { maps(dropped, step: $0) }
        #expect(steps.allSatisfy { $0[0] == plain[0] } && Set(steps.map { $0[3] }).count > 1)
        #expect(maps(dropped, step: 1) == steps[1])
        let head = Self.network(dropout: 0.5)
        let (drawn, whole) = (maps(head, step: 1), maps(head, step: nil))
        #expect(drawn.dropLast() == whole.dropLast() && drawn[4] != whole[4])
    }

    @Test func initialValues() {
        var (backbone, head) = (MixTransformer.Configuration(), SegFormerHead.Configuration())
        (backbone.depths, head.classCount) = ([1, 1, 1, 1], 150)
        let network = EncoderDecoder(.init(backbone: backbone, head: head), seed: 1)
        for parameter in network.store.parameters where !parameter.name.contains("linear_") {
            let (name, values, shape) = (parameter.name, parameter.officialValues, parameter.officialShape)
            if parameter.role == .norm || parameter.role == .buffer || name.hasSuffix("bias") {
                let start: Float = parameter.role == .norm && name.hasSuffix("weight") ? 1 : 0
                #expect(values.allSatisfy { $0 == start }, "\(name)")
                continue
            }
            let deviation = (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
            var expected: Float = name.contains("conv_seg") ? 0.01 : 0.02
            if shape.count == 4, name.hasPrefix("backbone.") {
                let fan = shape[2] * shape[3] * (shape[1] == 1 ? 1 : shape[0])
                expected = (2 / Float(fan)).squareRoot()
            }
            #expect(abs(deviation / expected - 1) < 0.1, "\(name) \(deviation)")
        }
    }

    /// A picture smaller than the first map's reduction is padded until there is a key.
    @Test func theSmallestPictures() {
        var input = ImageNormalization()
        (input.divisibility, input.minimumSide) = (1, 29)
        #expect(input.padded(ImageSize(height: 5, width: 40)) == ImageSize(height: 29, width: 40))
        let logits = Self.network().outputs(testTensor("x", [1, 29, 29, 3]), .evaluation).predictions.finalLogits
        #expect(logits.shape == [1, 8, 8, 5] && logits.array.allSatisfy(\.isFinite))
    }
}
