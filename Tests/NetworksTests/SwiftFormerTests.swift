import Autodiff
import Backbones
import Layers
import Networks
import PixelClassifiers
import Tensors
import TestSupport
import Testing

@Suite struct SwiftFormerTests {
    private static func tiny(_ attention: SwiftFormer.Attention = .normalized) -> SwiftFormer.Configuration {
        var configuration = SwiftFormer.Configuration()
        (configuration.widths, configuration.depths) = ([6, 8, 20, 33], [2, 1, 3, 1])
        configuration.attention = attention
        return configuration
    }

    /// Every parameter and statistic is something else than where it starts.
    private static func network(_ configuration: SwiftFormer.Configuration) -> (any Backbone, ParameterStore) {
        let store = ParameterStore(seed: 1)
        let network = configuration.make(store.root.child("backbone"))
        for parameter in store.parameters {
            let values = testTensor(parameter.name, [parameter.value.count], scale: 0.5).array
            let isVariance = parameter.name.hasSuffix("running_var")
            parameter.load(
                officialValues: zip(parameter.officialValues, values).map { isVariance ? 0.7 + $1 : $0 + $1 })
        }
        return (network, store)
    }

    struct Facts: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let widths, depths: [Int]
        /// Of the classifier (timm's has the same).
        let parameters: Int
        /// Of the convolutions and linear layers of timm's classifier at 224×224 and 512×512.
        let products: (small: Int, large: Int)
        /// With Semantic FPN and 150 classes: millions, and thousand millions of multiply-adds at 512×512.
        let withFPN: (parameters: Double, multiplyAdds: Double)

        var backbone: SwiftFormer.Configuration {
            var configuration = SwiftFormer.Configuration()
            (configuration.widths, configuration.depths) = (widths, depths)
            return configuration
        }

        /// The scores of the queries, which are no layer: one product a value.
        func scores(side: Int) -> Int {
            widths.enumerated().reduce(0) { $0 + (side >> (2 + $1.0)) * (side >> (2 + $1.0)) * $1.1 }
        }
    }

    static let facts = [
        Facts(
            testDescription: "XS", widths: [48, 56, 112, 220], depths: [3, 3, 6, 4], parameters: 3_475_360,
            products: (602_207_824, 3_144_369_856), withFPN: (7.15, 24.4)),
        Facts(
            testDescription: "S", widths: [48, 64, 168, 224], depths: [3, 3, 9, 6], parameters: 6_092_128,
            products: (984_360_160, 5_140_887_040), withFPN: (9.78, 26.4)),
        Facts(
            testDescription: "L1", widths: [48, 96, 192, 384], depths: [4, 3, 10, 5], parameters: 12_057_920,
            products: (1_595_706_240, 8_333_506_560), withFPN: (15.48, 29.6)),
        Facts(
            testDescription: "L3", widths: [64, 128, 320, 512], depths: [4, 4, 12, 6], parameters: 28_494_736,
            products: (4_007_979_008, 20_935_319_552), withFPN: (31.74, 42.4)),
    ]

    /// The classifier has one more norm, of the last stage, and two linear layers, and no norms of the four maps.
    @Test(arguments: facts) func theClassifierIsThatOfThePaper(facts: Facts) {
        let store = ParameterStore(seed: 1)
        let network = facts.backbone.make(store.root.child("backbone"))
        let last = facts.widths[3]
        let classifier = 2 * last + 2 * (last + 1) * 1000
        #expect(store.parameterCount - 2 * facts.widths.reduce(0, +) + classifier == facts.parameters)
        let trace = ForwardTrace()
        _ = network(Variable(Tensor(zeros: [1, 224, 224, 3])), .evaluation.traced(by: trace))
        #expect(trace.work.products - facts.scores(side: 224) + 2 * last * 1000 == facts.products.small)
    }

    /// 150 classes, and every parameter in a module.
    @Test(arguments: facts) func withSemanticFPN(facts: Facts) {
        let network = EncoderDecoder(.init(backbone: facts.backbone, head: FPNHead.Configuration()), seed: 1)
        #expect(abs(Double(network.store.parameterCount) / 1e6 - facts.withFPN.parameters) < 0.0051)
        let trace = ForwardTrace()
        _ = network(Tensor(zeros: [1, 512, 512, 3]), .evaluation.traced(by: trace))
        #expect(trace.modules.reduce(0) { $0 + $1.parameters } == network.store.parameterCount)
        #expect(abs(Double(trace.work.macs) / 1e9 - facts.withFPN.multiplyAdds) < 0.051)
        let backbone = trace.modules.filter { $0.stage == "backbone" }.reduce(0) { $0 + $1.work.macs }
        #expect(backbone - facts.scores(side: 512) + 2 * facts.widths[3] * 1000 == facts.products.large)
    }

    /// Sides that no stride divides; streamed as with a graph.
    @Test(arguments: [[1, 64, 64], [2, 37, 50], [1, 5, 3]], [SwiftFormer.Attention.normalized, .firstRelease])
    func anySize(size: [Int], attention: SwiftFormer.Attention) {
        let (network, _) = Self.network(Self.tiny(attention))
        let x = Variable(testTensor("x", size + [3]))
        let (streamed, kept) = (network(x, .evaluation), network(x, .trainingWithFrozenStatistics))
        var (height, width) = ((size[1] + 3) / 4, (size[2] + 3) / 4)
        for (index, (a, b)) in zip(streamed.maps, kept.maps).enumerated() {
            #expect(a.shape == [size[0], height, width, [6, 8, 20, 33][index]])
            assertClose(a.value, b.value.array.map(Double.init))
            (height, width) = ((height + 1) / 2, (width + 1) / 2)
        }
    }

    /// Images do not meet, in neither attention.
    @Test(arguments: [SwiftFormer.Attention.normalized, .firstRelease])
    func eachImageByItself(attention: SwiftFormer.Attention) {
        let (network, _) = Self.network(Self.tiny(attention))
        let x = testTensor("x", [2, 33, 40, 3])
        let together = network(Variable(x), .evaluation)
        for image in 0..<2 {
            let alone = network(Variable(x.items(image..<image + 1)), .evaluation)
            for (a, b) in zip(alone.maps, together.maps) {
                assertClose(a.value, b.value.items(image..<image + 1).array.map(Double.init), tolerance: 1e-6)
            }
        }
    }

    @Test func onlyTheFirstReleaseLeavesWeightsOfTokensAlone() {
        func gradients(_ attention: SwiftFormer.Attention) -> [String] {
            let (network, store) = Self.network(Self.tiny(attention))
            let maps = network(Variable(testTensor("x", [1, 40, 33, 3])), .training).maps
            let dMaps = maps.enumerated().map { testTensor("d\($0)", $1.shape) }
            backward(record(Tensor([0], shape: [1]), inputs: maps) { _ in dMaps })
            return store.trainable.filter { $0.gradient == nil }.map(\.name)
        }
        #expect(gradients(.normalized).isEmpty)
        #expect(
            gradients(.firstRelease) == [0, 2, 4, 6].map { "backbone.network.\($0).\([1, 0, 2, 0][$0 / 2]).attn.w_g" })
    }

    @Test func initialValues() {
        var configuration = SwiftFormer.Configuration()
        configuration.depths = [2, 1, 1, 1]
        let store = ParameterStore(seed: 1)
        _ = configuration.make(store.root.child("backbone"))
        for parameter in store.parameters {
            let (name, values) = (parameter.name, parameter.officialValues)
            let isNorm = parameter.role == .norm
            if name.hasSuffix("layer_scale") || (isNorm && name.hasSuffix("weight")) || name.hasSuffix("running_var") {
                #expect(values.allSatisfy { $0 == 1 }, "\(name)")
            } else if name.hasSuffix("layer_scale_1") || name.hasSuffix("layer_scale_2") {
                #expect(values.allSatisfy { $0 == 1e-5 } && parameter.officialShape.dropFirst() == [1, 1], "\(name)")
            } else if name.hasSuffix("bias") || name.hasSuffix("running_mean") {
                #expect(values.allSatisfy { $0 == 0 }, "\(name)")
            } else if values.count >= 400 || name.hasSuffix("w_g") {
                let deviation = (values.reduce(0) { $0 + $1 * $1 } / Float(values.count)).squareRoot()
                let expected: Float = name.hasSuffix("w_g") ? 1 : 0.02
                #expect(abs(deviation / expected - 1) < 0.35, "\(name) \(deviation)")
            }
        }
    }

    /// The last block has the whole rate, and convolutions none.
    @Test func dropPathIsOfEncoderBlocks() {
        var configuration = Self.tiny()
        configuration.dropPathRate = 0.9
        let (network, _) = Self.network(configuration)
        let x = Variable(testTensor("x", [1, 40, 33, 3]))
        let plain = network(x, .trainingWithFrozenStatistics).maps.map(\.value.array)
        var context = ForwardContext.trainingWithFrozenStatistics
        let others = (0..<8).map { step in
            context.random = ImageStreams(seed: 3, step: step)
            return network(x, context).maps.map(\.value.array)
        }
        #expect(others.contains { $0[3] != plain[3] } && Set(others.map { $0[3] }).count > 1)
    }
}
