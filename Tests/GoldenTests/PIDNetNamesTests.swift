import Checkpoints
import Configurations
import Engine
import Families
import Foundation
import Testing

/// Files of mmsegmentation's PIDNet, recorded by Tools/reference/pidnet_names.py, and of the official code fit ours.
@Suite struct PIDNetNamesTests {
    private static let fixture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("CheckpointsTests/Fixtures/pidnet_names.json")
    private static let stemBiases = ["conv1.0.bias", "conv1.3.bias"]

    private func family(isLarge: Bool) throws -> any NetworkFamily {
        let blocks = isLarge ? "STEM_BLOCKS: 3, BRANCH_BLOCKS: 4, LIGHT: False" : "STEM_BLOCKS: 2, BRANCH_BLOCKS: 3"
        return try RunConfiguration.parse(
            yaml: """
                MODEL:
                  META_ARCHITECTURE: PIDNet
                  SEM_SEG_HEAD: {NUM_CLASSES: 3}
                  PIDNET: {\(blocks), PLANES: 8, PPM_PLANES: 4, HEAD_PLANES: 8}
                VERSION: 2
                """, name: "small.yaml", families: networkFamilies
        ).network()
    }

    /// Loads a file of these tensors, all values 0.5, and gives the notes.
    private func load(
        _ shapes: [String: [Int]], into network: any NetworkFamily, _ leniency: WeightsFile.Leniency = .none
    ) throws -> (notes: [String], values: [String: [Float]]) {
        let path = NSTemporaryDirectory() + "pidnet-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try SafetensorsFile.write(
            shapes.map { name, shape in
                SavedTensor(name: name, shape: shape) { Array(repeating: 0.5, count: shape.reduce(1, *)) }
            }, to: path)
        let store = network.network(seed: 1).store
        // So that no initial value is one that a file leaves.
        for parameter in store.parameters {
            parameter.load(officialValues: Array(repeating: 0.25, count: parameter.value.count))
        }
        let notes = try WeightsFile(path: path, maps: networkFamilies.nameMaps).load(into: store, leniency)
        return (
            notes.map { $0.replacingOccurrences(of: path, with: "FILE") },
            Dictionary(uniqueKeysWithValues: store.parameters.map { ($0.name, $0.officialValues) })
        )
    }

    private func recorded(_ name: String) throws -> [String: [Int]] {
        let all = try JSONDecoder().decode([String: [String: [Int]]].self, from: Data(contentsOf: Self.fixture))
        return try #require(all[name])
    }

    @Test(arguments: ["S", "L"]) func mmSegmentation(variant: String) throws {
        let family = try family(isLarge: variant == "L")
        let (notes, values) = try load(recorded(variant), into: family)
        #expect(notes[0].hasPrefix("FILE: safetensors, names of mmseg-pidnet"))
        #expect(notes.dropFirst() == ["FILE has no conv1.0.bias, conv1.3.bias: they are 0"])
        #expect(
            values.allSatisfy { name, values in
                values.allSatisfy { $0 == (Self.stemBiases.contains(name) ? 0 : 0.5) }
            })
        #expect(throws: WeightsError.self) {
            try load(recorded(variant == "L" ? "S" : "L"), into: family)
        }
    }

    @Test func mmSegmentationForImageNet() throws {
        let shapes = try recorded("S").filter { $0.key.hasPrefix("backbone.") && !$0.key.contains(".d_branch") }
        let names = shapes.map { (String($0.key.dropFirst("backbone.".count)), $0.value) }
        let family = try family(isLarge: false)
        let found = try load(Dictionary(uniqueKeysWithValues: names), into: family, .trainingStart)
        #expect(found.values["layer5.1.conv3.weight"]?.allSatisfy { $0 == 0.5 } == true)
        #expect(found.values["layer3_d.conv1.weight"]?.contains { $0 == 0.5 } == false)
        #expect(throws: WeightsError.self) { try load(Dictionary(uniqueKeysWithValues: names), into: family) }
    }

    @Test func official() throws {
        let family = try family(isLarge: false)
        let own = Dictionary(
            uniqueKeysWithValues: family.network(seed: 1).store.parameters.map { ($0.name, $0.officialShape) })
        #expect(try load(own, into: family).notes.isEmpty)
        var released = Dictionary(uniqueKeysWithValues: own.map { ("model." + $0.key, $0.value) })
        (released["sem_loss.criterion.weight"], released["model.conv1.1.num_batches_tracked"]) = ([3], [])
        let found = try load(released, into: family)
        #expect(found.notes == ["FILE: safetensors, names of pidnet; not used: sem_loss.criterion.weight"])
        #expect(found.values.allSatisfy { $0.value.allSatisfy { $0 == 0.5 } })
        // ImageNet files have no heads, and a classifier.
        var pretrained = own.filter { !$0.key.contains("_d") && !$0.key.hasPrefix("final_layer") }
        pretrained = pretrained.filter { !$0.key.hasPrefix("seghead") && !$0.key.hasPrefix("dfm") }
        pretrained["linear.weight"] = [1000, 8]
        let part = try load(pretrained, into: family, .trainingStart)
        #expect(part.notes.last?.hasSuffix("keep their initial values; not used: linear.weight") == true)
        #expect(part.values["layer5.0.conv1.weight"]?.allSatisfy { $0 == 0.5 } == true)
        let error = #expect(throws: WeightsError.self) { try load(pretrained, into: family) }
        #expect(error?.unexpected == ["linear.weight"] && error?.missing.contains("final_layer.conv2.bias") == true)
    }
}
