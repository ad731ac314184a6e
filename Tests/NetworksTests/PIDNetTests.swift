import Autodiff
import Layers
import Networks
import PixelClassifiers
import Tensors
import TestSupport
import Testing

@Suite struct PIDNetTests {
    /// Parameters, those of the training heads left out and with them, and thousand millions of multiply-adds at
    /// 1024×2048, all counted on the official modules.
    struct Facts: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let configuration: PIDNet.Configuration
        let inference, training: Int
        let multiplyAdds: Double
    }

    private static func sizes(_ change: (inout PIDNet.Configuration) -> Void) -> PIDNet.Configuration {
        var configuration = PIDNet.Configuration()
        change(&configuration)
        return configuration
    }

    static let facts = [
        Facts(
            testDescription: "S", configuration: sizes { _ in }, inference: 7_625_715, training: 7_720_935,
            multiplyAdds: 47.2),
        Facts(
            testDescription: "M", configuration: sizes { $0.planes = 64 }, inference: 28_538_515,
            training: 28_763_111, multiplyAdds: 177.3),
        Facts(
            testDescription: "L",
            configuration: sizes {
                ($0.stemBlocks, $0.branchBlocks, $0.planes) = (3, 4, 64)
                ($0.poolingPlanes, $0.headPlanes, $0.isLight) = (112, 256, false)
            }, inference: 36_939_571, training: 37_314_311, multiplyAdds: 274.9),
    ]

    @Test(arguments: facts) func sizesAreThoseOfTheOfficialModules(facts: Facts) {
        let network = PIDNet(facts.configuration, seed: 1)
        #expect(network.store.parameterCount == facts.training)
        let trace = ForwardTrace()
        _ = network(Tensor(zeros: [1, 512, 1024, 3]), .evaluation.traced(by: trace))
        #expect(trace.modules.reduce(0) { $0 + $1.parameters } == facts.inference)
        // The convolution of the mean over the image is the one whose work does not grow with it.
        let wide = facts.configuration
        let constant = 16 * wide.planes * wide.poolingPlanes
        let work = 4 * (trace.work.products - constant) + constant
        #expect((Double(work) / 1e8).rounded() / 10 == facts.multiplyAdds)
    }

    @Test func trainingHeadsRunWhereGradientsAreRecorded() throws {
        let network = PIDNet(Self.sizes { ($0.planes, $0.poolingPlanes, $0.headPlanes) = (8, 4, 8) }, seed: 1)
        let images = testTensor("images", [2, 64, 72, 3])
        let evaluated = try #require(network(images, .evaluation) as? PixelPredictions)
        #expect(evaluated.logits.map(\.shape) == [[2, 8, 9, 19]] && evaluated.boundary == nil)
        let recorded = try #require(network(images, .trainingWithFrozenStatistics) as? PixelPredictions)
        #expect(recorded.logits.map(\.shape) == [[2, 8, 9, 19], [2, 8, 9, 19]])
        #expect(recorded.boundary?.shape == [2, 8, 9, 1])
        // Fused or not, the logits are the same but for rounding; the network's values are of the order of 1.
        assertClose(evaluated.finalLogits, recorded.finalLogits.array.map(Double.init), tolerance: 1e-4)
        #expect(evaluated.raw.map(\.value.shape) == [[2, 19, 8, 9]])
        #expect(network.input.divisibility == 8)
    }
}
