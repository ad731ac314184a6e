import Autodiff
import Backbones
import Checkpoints
import Diagnostics
import Engine
import Families
import Foundation
import Layers
import Networks
import Tensors
import TestSupport
import Testing

/// Swin Transformers by a float64 reference (Tools/reference/swin.py), filled by the goldens' rule.
@Suite struct SwinTests {
    private static func small(
        _ window: Int, channels: Int = 8, depths: [Int] = [1, 1, 1, 1], heads: [Int] = [1, 2, 4, 8]
    )
        -> SwinTransformer.Configuration
    {
        var configuration = SwinTransformer.Configuration()
        configuration.windowSize = window
        configuration.embeddingChannels = channels
        configuration.depths = depths
        configuration.headCounts = heads
        return configuration
    }

    private func image(_ name: String, _ shape: [Int]) -> Variable {
        Variable(Tensor(FillRule.uniform(name, shape.reduce(1, *)).map { Float(2 * $0 - 1) }, shape: shape))
    }

    private func signs(_ name: String, _ count: Int) -> [Double] { FillRule.uniform(name, count).map { 2 * $0 - 1 } }

    /// A dot product is compared relative to the norm, since terms cancel.
    private func compare(
        _ values: [Float], _ name: String, _ expected: [Double], tolerance: Double = 1e-5,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let dot = zip(values, signs(name, values.count)).reduce(0.0) { $0 + Double($1.0) * $1.1 }
        let norm = values.reduce(0.0) { $0 + Double($1) * Double($1) }.squareRoot()
        #expect(abs(norm / expected[1] - 1) < tolerance, "norm of \(name)", sourceLocation: sourceLocation)
        #expect(abs(dot - expected[0]) < tolerance * expected[1], "product of \(name)", sourceLocation: sourceLocation)
    }

    @Test(arguments: [false, true]) func windowsOfTwelve(recomputes: Bool) {
        var configuration = Self.small(12, channels: 64, depths: [2, 2, 1, 1], heads: [2, 4, 8, 16])
        configuration.recomputesBlocks = recomputes
        let store = ParameterStore(seed: 1)
        let swin = configuration.make(store.root.child("backbone"))
        for parameter in store.parameters {
            let values = FillRule.parameter(parameter.name, parameter.officialShape)
            parameter.load(officialValues: values.map { Float($0) })
        }
        let input = image("image", [1, 78, 101, 3])
        for context in [ForwardContext.evaluation, .training] {
            let maps = swin(input, context).maps
            for (index, map) in maps.enumerated() {
                compare(map.value.array, "map\(index)", SwinExpectations.maps[index])
            }
            guard context.recordsGradients else { continue }
            let dMaps = maps.enumerated().map { index, map in
                Tensor(signs("map\(index)", map.value.count).map { Float($0) }, shape: map.shape)
            }
            backward(record(Tensor([0], shape: [1]), inputs: maps) { _ in dMaps })
        }
        #expect(store.parameters.count == SwinExpectations.gradients.count)
        for (name, expected) in SwinExpectations.gradients {
            let parameter = store.parameters.first { $0.name == "backbone." + name }
            guard let parameter, let gradient = parameter.gradient else {
                Issue.record("no gradient of \(name)")
                continue
            }
            let values = parameter.layout.officialValues(gradient, officialShape: parameter.officialShape)
            compare(values, "grad:" + name, expected, tolerance: 1e-4)
        }
    }

    /// Files of other packages, which have the values that the rule gives for their own names.
    @Test(arguments: [
        ("timm", "", SwinExpectations.timmTensors, SwinExpectations.timm),
        (
            "huggingface", "model.pixel_level_module.encoder.", SwinExpectations.transformersTensors,
            SwinExpectations.transformers
        ),
    ])
    func weightsOfOthers(
        family: String, prefix: String, tensors: [(name: String, shape: [Int])], expected: [[Double]]
    ) throws {
        let path = FileManager.default.temporaryDirectory.path + "/swin-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try SafetensorsFile.write(
            tensors.map { name, shape in
                SavedTensor(name: prefix + name, shape: shape) {
                    FillRule.parameter(prefix + name, shape).map { Float($0) }
                }
            }, to: path)
        let store = ParameterStore(seed: 1)
        let swin = Self.small(7).make(store.root.child("backbone"))
        let notes = try WeightsFile(path: path, maps: networkFamilies.nameMaps).load(into: store, .trainingStart)
        #expect(notes.contains { $0.contains("names of \(family)") })
        let maps = swin(image("square", [1, 256, 256, 3]), .evaluation).maps
        for (index, map) in maps.enumerated() { compare(map.value.array, "map\(index)", expected[index]) }
    }

    /// Tables of another window are refused by name, and resized where that is asked for.
    @Test func tablesOfAnotherWindow() throws {
        let path = FileManager.default.temporaryDirectory.path + "/swin-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let seven = ParameterStore(seed: 1)
        _ = Self.small(7).make(seven.root.child("backbone"))
        try SafetensorsFile.write(seven.savedTensors, to: path)
        var configuration = Self.small(12)
        for resizes in [false, true] {
            configuration.resizesPositionTables = resizes
            let store = ParameterStore(seed: 2)
            _ = configuration.make(store.root.child("backbone"))
            let file = try WeightsFile(path: path, maps: networkFamilies.nameMaps)
            let name = "backbone.layers.1.blocks.0.attn.relative_position_bias_table"
            guard resizes else {
                let error = #expect(throws: WeightsError.self) { try file.load(into: store, .trainingStart) }
                let text = try #require(error).description
                #expect(text.contains("\(name): expected [529, 2], got [169, 2]"))
                #expect(text.contains("RESIZE_POSITION_TABLES"))
                continue
            }
            let notes = try file.load(into: store, .trainingStart)
            #expect(notes.count { $0.contains("is resized") } == 4)
            let (table, old) = (
                store.parameters.first { $0.name == name }?.value, seven.parameters.first { $0.name == name }?.value
            )
            // The middle of both is the distance 0.
            let (new, middle) = (try #require(table).array[264 * 2], try #require(old).array[84 * 2])
            #expect(abs(new - middle) < 1e-6)
        }
    }
}
