import Checkpoints
import Engine
import Foundation
import Layers
import Testing

@Suite struct WeightsFileTests {
    private func network(classes: Int = 3) -> ParameterStore {
        let store = ParameterStore(seed: UInt64(classes))
        _ = store.root.child("backbone").parameter(
            "conv.weight", [2, 3, 1, 2], layout: .convolution, .torchDefault)
        _ = store.root.child("head").parameter("mask.bias", [4], .constant(0.5))
        _ = store.root.child("head").parameter("class_embed.bias", [classes + 1], .constant(0))
        return store
    }

    private func write(_ tensors: [(String, [Int])], _ folder: TemporaryFolder) throws -> WeightsFile {
        let path = folder.file("weights.safetensors")
        try SafetensorsFile.write(
            tensors.map { name, shape in
                SavedTensor(name: name, shape: shape) { (0..<shape.reduce(1, *)).map(Float.init) }
            }, to: path)
        return try WeightsFile(path: path, maps: [.torchvision, .detectron2])
    }

    private let whole: [(String, [Int])] = [
        ("backbone.conv.weight", [2, 3, 1, 2]), ("head.mask.bias", [4]), ("head.class_embed.bias", [4]),
    ]

    @Test func officialNamesAndOrder() throws {
        let folder = try TemporaryFolder()
        let store = network()
        let derived: [(String, [Int])] = [
            ("backbone.bn.num_batches_tracked", []), ("criterion.empty_weight", [4]),
            ("backbone.x4.0.0.weight", [1]),
        ]
        #expect(try write(whole + derived, folder).load(into: store).isEmpty)
        #expect(store.parameters[0].officialValues == (0..<12).map(Float.init))
        // [O, I, kh, kw] -> [O, kh, kw, I]
        #expect(store.parameters[0].value.array.prefix(6) == [0, 2, 4, 1, 3, 5])
    }

    @Test(arguments: [WeightsFile.Leniency.none, .trainingStart])
    func everyDifferenceIsListed(leniency: WeightsFile.Leniency) throws {
        let folder = try TemporaryFolder()
        let store = network()
        let before = store.parameters.map(\.officialValues)
        let file = try write(
            [("backbone.conv.weight", [2, 3, 2, 1]), ("head.class_embed.bias", [4]), ("x.y", [1])], folder)
        let error = #expect(throws: WeightsError.self) { try file.load(into: store, leniency) }
        let difference = try #require(error)
        #expect(difference.missing == ["head.mask.bias"])
        #expect(difference.unexpected == ["x.y"])
        #expect(difference.mismatched.map(\.name) == ["backbone.conv.weight"])
        for text in ["head.mask.bias", "x.y", "expected [2, 3, 1, 2], got [2, 3, 2, 1]"] {
            #expect("\(difference)".contains(text))
        }
        #expect(store.parameters.map(\.officialValues) == before)
    }

    @Test func anotherNumberOfClasses() throws {
        let folder = try TemporaryFolder()
        let store = network(classes: 6)
        let file = try write(whole, folder)
        let error = #expect(throws: WeightsError.self) { try file.load(into: store) }
        #expect("\(try #require(error))".contains("NUM_CLASSES"))
        let notes = try file.load(into: store, .trainingStart)
        #expect(notes.count == 1 && notes[0].contains("head.class_embed.bias starts anew"))
        #expect(store.parameters[1].officialValues == [0, 1, 2, 3])
        #expect(store.parameters[2].officialValues == Array(repeating: 0, count: 7))
    }

    /// Queries are those of one number; whatever else has another shape is an error.
    @Test func anotherNumberOfQueries() throws {
        let folder = try TemporaryFolder()
        func network(queries: Int, positions: Int) -> ParameterStore {
            let (store, names) = (ParameterStore(seed: 1), ["query_feat", "query_embed", "level_embed"])
            for (name, rows) in zip(names, [queries, queries, positions]) {
                _ = store.root.child(name).parameter("weight", [rows, 2], .constant(0.5))
            }
            return store
        }
        let file = try write(
            [("query_feat.weight", [4, 2]), ("query_embed.weight", [4, 2]), ("level_embed.weight", [3, 2])], folder)
        let store = network(queries: 6, positions: 3)
        let error = #expect(throws: WeightsError.self) { try file.load(into: store) }
        #expect("\(try #require(error))".contains("NUM_OBJECT_QUERIES"))
        let notes = try file.load(into: store, .trainingStart)
        #expect(notes.count == 2 && notes.allSatisfy { $0.contains("starts anew") && $0.contains("has [4, 2]") })
        #expect(store.parameters[1].officialValues == Array(repeating: 0.5, count: 12))
        #expect(store.parameters[2].officialValues == [0, 1, 2, 3, 4, 5])
        let other = #expect(throws: WeightsError.self) {
            try file.load(into: network(queries: 4, positions: 2), .trainingStart)
        }
        #expect(other?.mismatched.map(\.name) == ["level_embed.weight"])
    }

    /// Swin Transformers of ImageNet lack the norms behind the stages, and nothing else.
    @Test func aSwinAlone() throws {
        let folder = try TemporaryFolder()
        let store = ParameterStore(seed: 1)
        for name in ["backbone.layers.0", "backbone.norm0", "backbone.norm3", "head"] {
            _ = store.root.child(name).parameter("weight", [2], .constant(0.5))
        }
        let file = try write([("backbone.layers.0.weight", [2])], folder)
        let notes = try file.load(into: store, .trainingStart)
        #expect(notes.count == 1 && notes[0].contains("the other 3 tensors keep their initial values"))
        #expect(store.parameters.map(\.officialValues) == [[0, 1], [0.5, 0.5], [0.5, 0.5], [0.5, 0.5]])
        let half = try write([("backbone.norm0.weight", [2])], folder)
        #expect(throws: WeightsError.self) { try half.load(into: store, .trainingStart) }
    }

    /// Tables of relative positions, [(2w − 1)², heads], tell windows and heads.
    @Test(arguments: [([49, 2], "set MODEL.SWIN.WINDOW_SIZE"), ([25, 4], "set MODEL.SWIN.NUM_HEADS")])
    func anotherSwin(shape: [Int], advice: String) throws {
        let folder = try TemporaryFolder()
        let store = ParameterStore(seed: 1)
        _ = store.root.child("backbone.attn").parameter("relative_position_bias_table", [25, 2], .constant(0))
        let name = "backbone.attn.relative_position_bias_table"
        let file = try write([(name, shape)], folder)
        let error = #expect(throws: WeightsError.self) { try file.load(into: store, .trainingStart) }
        let text = "\(try #require(error))"
        #expect(text.contains("\(name): expected [25, 2], got \(shape)") && text.contains(advice), "\(text)")
    }

    @Test func aBackboneAlone() throws {
        let folder = try TemporaryFolder()
        let store = network()
        let file = try write(Array(whole.prefix(1)), folder)
        #expect(throws: WeightsError.self) { try file.load(into: store) }
        let notes = try file.load(into: store, .trainingStart)
        #expect(notes.count == 1 && notes[0].contains("the other 2 tensors keep their initial values"))
        #expect(store.parameters[0].officialValues == (0..<12).map(Float.init))
        #expect(store.parameters[1].officialValues == [0.5, 0.5, 0.5, 0.5])
    }

    @Test func savedTensorsComeBack() throws {
        let folder = try TemporaryFolder()
        let (a, b) = (network(classes: 3), network(classes: 3))
        for parameter in b.parameters {
            parameter.load(officialValues: Array(repeating: 9, count: parameter.value.count))
        }
        try SafetensorsFile.write(a.savedTensors, to: folder.file("model.safetensors"))
        _ = try WeightsFile(path: folder.file("model.safetensors"), maps: [.detectron2]).load(into: b)
        #expect(a.parameters.map(\.officialValues) == b.parameters.map(\.officialValues))
    }
}
