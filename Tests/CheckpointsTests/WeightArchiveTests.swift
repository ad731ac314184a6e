import Checkpoints
import Foundation
import Testing

@Suite struct WeightArchiveTests {
    @Test(arguments: WeightFixtures.names)
    func valuesAreThoseOfPython(_ name: String) throws { try WeightFixtures().check(name) }

    @Test func contentTellsTheFormat() throws {
        let fixtures = try WeightFixtures()
        func format(_ name: String) throws -> WeightArchive.Format {
            try WeightArchive.open(path: fixtures.path(name)).format
        }
        #expect(try format("plain.pth") == .torch)
        #expect(try format("legacy.pth") == .legacyTorch)
        #expect(try format("arrays0.pkl") == .pickle)
        #expect(try format("model-00001-of-00002.safetensors") == .safetensors)
        #expect(try format("model.safetensors.index.json") == .shardedSafetensors)
        #expect(try WeightArchive.open(path: fixtures.path("arrays4.pkl")).matchesBySuffix)
        #expect(try !WeightArchive.open(path: fixtures.path("plain.pth")).matchesBySuffix)
        #expect(
            try WeightArchive.open(path: fixtures.path("plain.pth")).entry(named: "bfloat")?.type == .bf16)
    }

    @Test func missingAndForeignFilesAreNamed() throws {
        let scratch = try Scratch()
        #expect(throws: CheckpointError.self) { try WeightArchive.open(path: scratch.path + "/none.pth") }
        for content in ["", "hello, world", "PK", String(repeating: "\0", count: 100)] {
            let path = scratch.path + "/foreign"
            try Data(content.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: path) }
            #expect("\(try #require(error))".contains(path))
        }
    }

    @Test func shardsStayBesideTheirIndex() throws {
        let scratch = try Scratch()
        for place in ["../secret.safetensors", "/etc/passwd", ".hidden", ""] {
            let path = scratch.path + "/model.safetensors.index.json"
            let text = #"{"weight_map": {"x": "\#(place)"}}"#
            try Data(text.utf8).write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: path) }
            guard case .refused? = error else {
                Issue.record("\(place): \(error.debugDescription)")
                continue
            }
        }
    }

    /// A wrong byte in a storage is noticed by its checksum when the tensor is read.
    @Test func checksumsAreCompared() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.pth"
        try TorchFile.write([SavedTensor(name: "x", shape: [3]) { [1, 2, 3] }], to: path)
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        let place = try #require(bytes.range(of: Data([0, 0, 0x80, 0x3F, 0, 0, 0, 0x40])))
        #expect(place.lowerBound % 64 == 0)
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let archive = try WeightArchive.open(path: path)
        let error = #expect(throws: CheckpointError.self) { try archive.floats(named: "x") }
        #expect("\(try #require(error))".contains("checksum"))
    }
}
