import Backbones
import Layers
import MaskClassifiers
import Networks
import Testing

/// Facts of the papers, and of the official code at 1024×2048.
@Suite struct ModelFactsTests {
    struct Facts: CustomTestStringConvertible, Sendable {
        let name: String
        let backbone: any BackboneConfiguration
        let parameters: Double  // millions
        let multiplyAdds: Double  // thousand millions
        var testDescription: String { name }
    }

    static let facts = [
        Facts(
            name: "STDC1", backbone: STDC.Configuration(layers: [2, 2, 2]), parameters: 16.96, multiplyAdds: 92.1),
        Facts(
            name: "STDC2", backbone: STDC.Configuration(layers: [4, 5, 3]), parameters: 20.99, multiplyAdds: 118.5),
        Facts(name: "R50", backbone: ResNet.Configuration(), parameters: 35.53, multiplyAdds: 237.3),
    ]

    private func network(_ backbone: any BackboneConfiguration) -> MaskClassifier {
        MaskClassifier(
            .init(
                backbone: backbone, pixelDecoder: PEMPixelDecoder.Configuration(),
                queryDecoder: MultiScaleQueryDecoder.Configuration()), seed: 1)
    }

    @Test(arguments: facts) func sizesAreThoseOfThePaper(facts: Facts) {
        let segmenter = network(facts.backbone)
        #expect(abs(Double(segmenter.store.parameterCount) / 1e6 - facts.parameters) < 0.005)
        let work = segmenter.multiplyAdds(height: 1024, width: 2048)
        #expect(abs(Double(work) / 1e9 - facts.multiplyAdds) < 0.05, "\(work)")
    }

    @Test(arguments: facts) func modulesAreTheWholeNetwork(facts: Facts) {
        let segmenter = network(facts.backbone)
        let parts = segmenter.modules(height: 1024, width: 2048)
        let sums = parts.map { $0.reduce(0) { $0 + $1.multiplyAdds } }
        #expect(sums.allSatisfy { $0 > 0 } && sums.reduce(0, +) == segmenter.multiplyAdds(height: 1024, width: 2048))
        // Every parameter stands in exactly one module.
        let modules = parts.flatMap { $0 }
        #expect(Set(modules.map(\.name)).count == modules.count)
        for parameter in segmenter.store.parameters {
            let owners = modules.filter { $0.scopes.contains { parameter.name.hasPrefix($0 + ".") } }
            #expect(owners.count == 1, "\(parameter.name): \(owners.map(\.name))")
        }
        #expect(
            modules.reduce(0) { $0 + segmenter.store.parameterCount(in: $1.scopes) } == segmenter.store.parameterCount)
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
