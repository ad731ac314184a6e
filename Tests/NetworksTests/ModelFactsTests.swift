import Annotations
import Backbones
import Layers
import MaskClassifiers
import Networks
import Tensors
import TestSupport
import Testing

/// Facts of the papers, and of the official code at 1024×2048.
@Suite struct ModelFactsTests {
    struct Facts: CustomTestStringConvertible, Sendable {
        let name: String
        let backbone: any BackboneConfiguration
        let parameters: Double  // millions
        let multiplyAdds: Double  // thousand millions
        /// Of backbone, pixel decoder and query decoder.
        let published: [Int]
        var testDescription: String { name }
    }

    static let facts = [
        Facts(
            name: "STDC1", backbone: STDC.Configuration(layers: [2, 2, 2]), parameters: 16.96, multiplyAdds: 92.1,
            published: [31_624_003_584, 26_368_475_904, 34_094_283_776]),
        Facts(
            name: "STDC2", backbone: STDC.Configuration(layers: [4, 5, 3]), parameters: 20.99, multiplyAdds: 118.5,
            published: [58_060_701_696, 26_368_475_904, 34_094_283_776]),
        Facts(
            name: "R50", backbone: ResNet.Configuration(), parameters: 35.53, multiplyAdds: 237.3,
            published: [171_754_651_648, 31_468_880_640, 34_094_283_776]),
    ]

    private func network(_ backbone: any BackboneConfiguration) -> MaskClassifier {
        MaskClassifier(
            .init(
                backbone: backbone, pixelDecoder: PEMPixelDecoder.Configuration(),
                queryDecoder: MultiScaleQueryDecoder.Configuration()), seed: 1)
    }

    /// One forward pass at the paper's size. Every parameter is read in exactly one module.
    @Test(arguments: facts) func sizesAreThoseOfThePaper(facts: Facts) {
        let network = network(facts.backbone)
        #expect(abs(Double(network.store.parameterCount) / 1e6 - facts.parameters) < 0.005)
        let trace = ForwardTrace()
        let prediction = network(Tensor(zeros: [1, 1024, 2048, 3]), .evaluation.traced(by: trace))
        #expect(trace.modules.reduce(0) { $0 + $1.parameters } == network.store.parameterCount)
        let stages = ["backbone", "sem_seg_head.pixel_decoder", "sem_seg_head.predictor"]
        let work = stages.map { stage in
            trace.modules.filter { $0.stage == stage }.reduce(0) { $0 + $1.work.published(.network) }
        }
        #expect(work == facts.published && trace.work.published(.network) == work.reduce(0, +))
        #expect(abs(Double(trace.work.published(.network)) / 1e9 - facts.multiplyAdds) < 0.05)
        // 100 masks after each of 7 outputs.
        #expect(trace.work.resizedValues == 100 * (3 * 2048 + 2 * 8192 + 2 * 32768))
        let size = ImageSize(height: 1024, width: 2048)
        let request = InferenceRequest(input: size, image: size, output: size, resizesMasksBeforeMixing: false)
        let mixing = ForwardWork(mixing: 100 * 19 * size.area, mixedValues: 100 * size.area)
        #expect(prediction.mixingWork(request) == mixing)
    }

    /// Work is that of the batch, and the same in a recorded pass.
    @Test(arguments: [false, true]) func workIsThatOfTheBatch(trains: Bool) {
        let context = trains ? ForwardContext.training : .evaluation
        let network = network(STDC.Configuration(layers: [2, 2, 2]))
        let traces = [1, 3].map { images in
            let trace = ForwardTrace()
            _ = network(testTensor("images", [images, 64, 96, 3]), context.traced(by: trace))
            return trace
        }
        for (one, three) in zip(traces[0].modules, traces[1].modules) {
            #expect(one.name == three.name && one.parameters == three.parameters)
            #expect(3 * one.work.macs == three.work.macs)
            #expect(3 * one.work.published(.network) == three.work.published(.network))
        }
    }

    @Test func freezingStopsGradientsAndStatistics() {
        var sizes = ResNet.Configuration()
        sizes.freezeAt = 2
        let store = ParameterStore(seed: 1)
        _ = ResNet(store.root.child("backbone"), sizes)
        let frozen = store.parameters.filter {
            $0.name.hasPrefix("backbone.stem") || $0.name.hasPrefix("backbone.res2")
        }
        #expect(frozen.count == 5 * (1 + 3 * 3 + 1) && frozen.allSatisfy { !$0.isTrainable })
        let trained = ["res3", "res4", "res5"]
        #expect(store.trainable.allSatisfy { parameter in trained.contains { parameter.name.contains($0) } })
    }
}
