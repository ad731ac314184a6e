import Checkpoints
import Foundation
import Testing

@Suite struct PickledListsTests {
    private func lists(_ pickle: String, _ keys: [String]) throws -> [[String]] {
        let path = NSTemporaryDirectory() + "pickled-lists-\(UUID().uuidString).pkl"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(pickle.utf8).write(to: URL(fileURLWithPath: path))
        return try PickledLists.texts(path, keys: keys)
    }

    /// Protocol 0: {"a": ["x", "y"], "b": [], "n": 5, "t": ("z",)}.
    private let pickle = "(dVa\n(lVx\naVy\nasVb\n(lsVn\nI5\nsVt\n(Vz\ntp0\ns."

    @Test func listsComeByTheirNames() throws {
        #expect(try lists(pickle, ["b", "a", "t"]) == [[], ["x", "y"], ["z"]])
    }

    @Test(arguments: ["n", "c"]) func whatIsNoListIsNamed(key: String) throws {
        let error = try #require(throws: CheckpointError.self) { try lists(pickle, ["a", key]) }
        #expect(error.description.hasSuffix("its \"\(key)\" is no list of texts"), "\(error)")
    }

    @Test func nothingIsRun() throws {
        let error = try #require(throws: CheckpointError.self) { try lists("cos\nsystem\n(Vls\ntR.", []) }
        #expect(error.description.contains("asks for os.system"), "\(error)")
    }
}
