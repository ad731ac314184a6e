import Autodiff
import Backbones
import Checkpoints
import Diagnostics
import Engine
import Families
import Foundation
import Layers
import Tensors
import Testing

/// Small SwiftFormers of other packages (Tools/reference/swiftformer.py), in files of theirs whose values the fill rule
/// gives for their own names.
@Suite struct SwiftFormerNamesTests {
    private static func small(_ attention: SwiftFormer.Attention) -> SwiftFormer.Configuration {
        var configuration = SwiftFormer.Configuration()
        (configuration.widths, configuration.depths) = ([8, 12, 16, 20], [2, 1, 1, 1])
        configuration.attention = attention
        return configuration
    }

    @Test(arguments: [
        (
            "timm", SwiftFormer.Attention.normalized, "normalized", SwiftFormerExpectations.timmTensors,
            SwiftFormerExpectations.timm
        ),
        (
            "huggingface", .firstRelease, "first_release", SwiftFormerExpectations.transformersTensors,
            SwiftFormerExpectations.transformers
        ),
    ])
    func mapsOfOthers(
        family: String, attention: SwiftFormer.Attention, setting: String,
        tensors: [(name: String, shape: [Int])], expected: [[Double]]
    ) throws {
        let path = NSTemporaryDirectory() + "swiftformer-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try SafetensorsFile.write(
            tensors.map { name, shape in
                SavedTensor(name: name, shape: shape) { FillRule.parameter(name, shape).map { Float($0) } }
            }, to: path)
        let store = ParameterStore(seed: 1)
        let network = Self.small(attention).make(store.root.child("backbone"))
        let file = try WeightsFile(path: path, maps: networkFamilies.nameMaps)
        #expect(file.map.settings == ["MODEL.SWIFTFORMER.ATTENTION": setting])
        let notes = try file.load(into: store, .trainingStart)
        #expect(notes.contains { $0.contains("names of \(family)") && $0.contains("head") })
        let shape = [2, 45, 70, 3]
        let image = FillRule.uniform("image", shape.reduce(1, *)).map { Float(2 * $0 - 1) }
        for context in [ForwardContext.evaluation, .trainingWithFrozenStatistics] {
            for (level, map) in network(Variable(Tensor(image, shape: shape)), context).maps.enumerated() {
                // The norms that no file has are at their start: mean 0, variance 1.
                let values = map.value.array.map { Double($0) * (1 + 1e-5).squareRoot() }
                let dot = zip(values, FillRule.uniform("map\(level)", values.count))
                    .reduce(0) { $0 + $1.0 * (2 * $1.1 - 1) }
                let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
                #expect(abs(norm / expected[level][1] - 1) < 1e-5, "norm of map \(level)")
                #expect(abs(dot - expected[level][0]) < 1e-5 * expected[level][1], "product of map \(level)")
            }
        }
    }

    /// The authors' files: bare names, with a classifier, without the norms of the four maps, whole or under "model".
    @Test(arguments: [SwiftFormer.Attention.normalized, .firstRelease])
    func officialFiles(attention: SwiftFormer.Attention) throws {
        let path = NSTemporaryDirectory() + "swiftformer-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let (bare, store) = (ParameterStore(seed: 2), ParameterStore(seed: 1))
        _ = Self.small(attention).make(bare.root)
        _ = Self.small(attention).make(store.root.child("backbone"))
        let classifier = ["norm.weight", "norm.running_var", "head.weight", "head.bias", "dist_head.weight"]
        let norms = (0..<4).map { "norm\(2 * $0)." }
        try SafetensorsFile.write(
            bare.parameters.filter { parameter in !norms.contains(where: parameter.name.hasPrefix) }.map { parameter in
                SavedTensor(name: parameter.name, shape: parameter.officialShape) { parameter.officialValues }
            }
                + classifier.map { name in SavedTensor(name: name, shape: [2]) { [0, 0] } }, to: path)
        let file = try WeightsFile(path: path, maps: networkFamilies.nameMaps)
        // Their names do not tell the attention.
        #expect(file.map.name == "swiftformer" && file.map.settings.isEmpty)
        let notes = try file.load(into: store, .trainingStart)
        #expect(notes.contains { note in classifier.allSatisfy(note.contains) })
        let values = Dictionary(uniqueKeysWithValues: bare.parameters.map { ($0.name, $0.officialValues) })
        for parameter in store.parameters {
            let name = String(parameter.name.dropFirst("backbone.".count))
            #expect(parameter.officialValues == values[name], "\(name)")
        }
    }
}
