import Annotations
import Autodiff
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
            published: [31_624_003_584, 26_368_475_904, 34_090_315_776]),
        Facts(
            name: "STDC2", backbone: STDC.Configuration(layers: [4, 5, 3]), parameters: 20.99, multiplyAdds: 118.5,
            published: [58_060_701_696, 26_368_475_904, 34_090_315_776]),
        Facts(
            name: "R50", backbone: ResNet.Configuration(), parameters: 35.53, multiplyAdds: 237.3,
            published: [171_754_651_648, 31_468_880_640, 34_090_315_776]),
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
        #expect(prediction.mixingWork(request) == 100 * 19 * size.area)
    }

    struct Ablation: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let parameters: Int
        var pixelDecoder = PEMPixelDecoder.Configuration()
        var decoder = MultiScaleQueryDecoder.Configuration()

        init(
            _ name: String, _ parameters: Int,
            _ change: (inout PEMPixelDecoder.Configuration, inout MultiScaleQueryDecoder.Configuration) -> Void
        ) {
            (testDescription, self.parameters) = (name, parameters)
            change(&pixelDecoder, &decoder)
        }
    }

    /// PEM-STDC1 with one change.
    static let ablations = [
        Ablation("PEM", 16_957_829) { _, _ in },
        Ablation("no mask", 16_957_829) { $1.isMasked = false },
        Ablation("mean prototypes", 16_957_829) {
            $1.crossAttention = {
                PrototypeCrossAttention($0, channels: $1.channels, heads: $1.headCount, prototypes: .mean)
            }
        },
        Ablation("masked attention", 16_937_861) {
            $1.crossAttention = { MaskedCrossAttention($0, $1) }
        },
        Ablation("no CSM", 16_891_781) { decoder, _ in decoder.isModulated = false },
        Ablation("no deformable", 16_864_436) { decoder, _ in decoder.isDeformable = false },
        Ablation("two layers", 10_629_509) { $1.layerCount = 2 },
    ]

    /// Their parameters; and those that are read in a pass are all of them.
    @Test(arguments: ablations) func ablationsHaveTheirParameters(ablation: Ablation) {
        let network = MaskClassifier(
            .init(
                backbone: STDC.Configuration(layers: [2, 2, 2]), pixelDecoder: ablation.pixelDecoder,
                queryDecoder: ablation.decoder), seed: 1)
        #expect(network.store.parameterCount == ablation.parameters)
        let trace = ForwardTrace()
        _ = network(Tensor(zeros: [1, 64, 128, 3]), .evaluation.traced(by: trace))
        #expect(trace.modules.reduce(0) { $0 + $1.parameters } == ablation.parameters)
    }

    /// Mask2Former's decoder by the rule of the papers, and EMCA's.
    @Test func workOfMask2FormersDecoder() {
        func work(_ change: (inout MultiScaleQueryDecoder.Configuration) -> Void) -> ForwardWork {
            var sizes = MultiScaleQueryDecoder.Configuration()
            (sizes.layerCount, sizes.normalizesFirst, sizes.enforcesInputProjection) = (9, false, false)
            change(&sizes)
            let maps = [32, 16, 8].map { FeatureShape(name: "map", stride: $0, channels: 256) }
            let decoder = sizes.make(
                ParameterStore(seed: 1).root, features: [],
                pixels: PixelDecoderShapes(maskChannels: 256, multiScale: maps))
            let trace = ForwardTrace()
            let map = { stride in Variable(Tensor(zeros: [1, 256 / stride, 512 / stride, 256])) }
            _ = decoder(
                features: FeatureMaps([], []),
                pixels: PixelDecoderOutput(maskFeatures: map(4), multiScale: [32, 16, 8].map(map)),
                .evaluation.traced(by: trace))
            return trace.work
        }
        let tokens = 3 * (8 * 16 + 16 * 32 + 32 * 64)
        let masks = 10 * 100 * 256 * 64 * 128
        // Of nine layers, self-attention and its products, and the feed-forward layer; of ten heads, without masks.
        let queries = 9 * 100 * (4 * 256 * 256 + 2 * 100 * 256 + 2 * 256 * 2048) + 10 * 100 * 256 * (3 * 256 + 20)
        let masked = work {
            $0.crossAttention = { MaskedCrossAttention($0, $1) }
        }
        #expect(masked.products == masks + queries + tokens * 2 * 256 * (256 + 100) + 9 * 2 * 100 * 256 * 256)
        #expect(masked.normalizedValues == 0)
        let prototypes = work { _ in }
        #expect(
            prototypes.products == masks + queries + tokens * 256 * (9 + 256 + 100) + 9 * 3 * 100 * 256 * 256)
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
