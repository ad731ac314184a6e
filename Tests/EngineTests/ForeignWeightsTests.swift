import Checkpoints
import Engine
import Foundation
import Layers
import Testing

/// Files of weights that cannot be used as they are, and what is said of them.
@Suite struct ForeignWeightsTests {
    private let names = ["backbone.stem.conv1.weight", "head.bias"]

    private func network() -> ParameterStore {
        let store = ParameterStore(seed: 1)
        _ = store.root.child("backbone").child("stem").parameter("conv1.weight", [4], .constant(0.5))
        _ = store.root.child("head").parameter("bias", [4], .constant(0.5))
        return store
    }

    private func file(_ values: [String: [Float]], _ folder: TemporaryFolder) throws -> WeightsFile {
        let path = folder.file("weights.safetensors")
        try SafetensorsFile.write(
            values.map { name, values in SavedTensor(name: name, shape: [values.count]) { values } }, to: path)
        return try WeightsFile(path: path, maps: [.torchvision, .detectron2])
    }

    @Test(arguments: [WeightsFile.Leniency.none, .trainingStart])
    func valuesThatAreNotFiniteAreCounted(leniency: WeightsFile.Leniency) throws {
        let folder = try TemporaryFolder()
        let one = try file([names[0]: [1, 2, 3, 4], names[1]: [1, .nan, -.infinity, 0]], folder)
        var error = #expect(throws: CheckpointError.self) { try one.load(into: self.network(), leniency) }
        var text = "\(try #require(error))"
        #expect(text.contains("tensor head.bias has 2 of 4 values that are not finite"), "\(text)")
        #expect(!text.contains("other tensors"))
        let two = try file([names[0]: [.infinity, 2, 3, 4], names[1]: [1, .nan, 0, 0]], folder)
        error = #expect(throws: CheckpointError.self) { try two.load(into: self.network(), leniency) }
        text = "\(try #require(error))"
        #expect(text.contains("backbone.stem.conv1.weight has 1 of 4") && text.contains("1 other tensor"), "\(text)")
        #expect(text.contains("2 values in all"))
    }

    /// The largest half is 65504: what overflowed in an export is infinite.
    @Test func halvesThatOverflowed() throws {
        let folder = try TemporaryFolder()
        let header = """
            {"\(names[0])":{"dtype":"F16","shape":[4],"data_offsets":[0,8]},\
            "\(names[1])":{"dtype":"F16","shape":[4],"data_offsets":[8,16]}}
            """
        let halves: [UInt16] = [0x3C00, 0x7BFF, 0xFC00, 0x0001, 0, 0x7C00, 0x7E00, 0x8000]
        let bytes =
            withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Data($0) } + Data(header.utf8)
            + halves.withUnsafeBytes { Data($0) }
        let path = folder.file("half.safetensors")
        try bytes.write(to: URL(fileURLWithPath: path))
        let error = #expect(throws: CheckpointError.self) {
            try WeightsFile(path: path, maps: [.detectron2]).load(into: self.network())
        }
        #expect("\(try #require(error))".contains("backbone.stem.conv1.weight has 1 of 4"), "\(error.debugDescription)")
    }

    @Test func aPrefixIsNoted() throws {
        let folder = try TemporaryFolder()
        let store = network()
        let prefixed = Dictionary(
            uniqueKeysWithValues: names.map { ("module.model." + $0, [Float](repeating: 3, count: 4)) })
        let notes = try file(prefixed, folder).load(into: store)
        #expect(notes.count == 1 && notes[0].hasSuffix("all names begin with module.model., which is taken off"))
        #expect(store.parameters.map(\.officialValues) == [[3, 3, 3, 3], [3, 3, 3, 3]])
    }

    @Test(arguments: ["model.", "encoder."]) func aPrefixThatDoesNotHelpIsNamed(prefix: String) throws {
        let folder = try TemporaryFolder()
        let other = [prefix + "layers.0.weight": [Float(1)], prefix + "layers.1.weight": [2]]
        let error = #expect(throws: WeightsError.self) { try self.file(other, folder).load(into: self.network()) }
        let text = "\(try #require(error))"
        #expect(text.contains("all names begin with \(prefix)") && !text.contains("config.yaml"), "\(text)")
    }

    @Test func namesOfTheNetworkAreNoPrefix() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: WeightsError.self) {
            try self.file(["backbone.other.weight": [1]], folder).load(into: self.network())
        }
        let text = "\(try #require(error))"
        #expect(!text.contains("all names begin") && !text.contains("config.yaml"), "\(text)")
        #expect(text.contains("The weights are of another network: name its configuration."))
        let configuration = folder.file("config.yaml")
        try "VERSION: 2\n".write(toFile: configuration, atomically: true, encoding: .utf8)
        let ours = #expect(throws: WeightsError.self) {
            try self.file(["backbone.other.weight": [1]], folder).load(into: self.network())
        }
        #expect("\(try #require(ours))".contains("The configuration beside them is \(configuration)."))
    }

    @Test func aFolderIsNoted() throws {
        let folder = try TemporaryFolder()
        _ = try file([names[0]: [1, 1, 1, 1], names[1]: [2, 2, 2, 2]], folder)
        let weights = try WeightsFile(path: folder.path, maps: [.detectron2])
        #expect(weights.path == folder.path + "/weights.safetensors")
        let notes = try weights.load(into: network())
        #expect(notes == ["\(folder.path) is a folder: \(weights.path) is taken"])
    }
}
