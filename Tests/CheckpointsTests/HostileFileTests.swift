import Checkpoints
import Foundation
import TestSupport
import Testing

/// Files made to harm: an error in a moment, little memory, and nothing runs.
@Suite struct HostileFileTests {
    private func open(_ bytes: [UInt8]) throws -> WeightArchive {
        let scratch = try Scratch()
        let path = scratch.path + "/hostile.pkl"
        try Data(bytes).write(to: URL(fileURLWithPath: path))
        return try WeightArchive.open(path: path)
    }

    private func expectError(_ bytes: [UInt8], _ comment: Comment) {
        let before = threadSeconds()
        #expect(throws: CheckpointError.self, comment) { try open(bytes) }
        let seconds = threadSeconds() - before
        #expect(seconds < slowestAllowed, comment)
    }

    @Test(
        arguments: (0...5).map { "hostile_system\($0).pkl" } + [
            "hostile_system.pth", "hostile_eval.pkl", "hostile_getattr.pkl",
        ])
    func functionsAreRefusedByName(_ name: String) throws {
        let path = try WeightFixtures().path(name)
        let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: path) }
        guard case .refused(_, let function)? = error else {
            Issue.record("\(error.debugDescription)")
            return
        }
        #expect(["posix.system", "builtins.eval", "__builtin__.eval", "builtins.getattr"].contains(function))
        #expect(!FileManager.default.fileExists(atPath: "pem-hostile"))
    }

    @Test func otherOpcodesAreRefused() {
        // INST, OBJ, NEWOBJ, EXT1, NEXT_BUFFER, and one that does not exist.
        for opcode: UInt8 in [0x69, 0x6F, 0x81, 0x82, 0x97, 0xFF] {
            expectError([0x80, 2, 0x7D, opcode, 1, 1, 0x2E], "opcode \(opcode)")
        }
    }

    /// x = {a: x, b: x}, again and again: a tree of 2^n leaves in 16 n bytes. And more steps than are allowed.
    @Test func bombsOfReferences() {
        var bytes: [UInt8] = [0x80, 2, 0x7D, 0x71, 0]
        for _ in 0..<20_000 {
            // {"a": d, "b": d} around the dictionary before
            bytes += [0x7D, 0x28, 0x55, 1, 0x61, 0x68, 0, 0x55, 1, 0x62, 0x68, 0, 0x75, 0x71, 0]
        }
        expectError(bytes + [0x2E], "dictionaries")
        expectError(
            [0x80, 2] + Array(repeating: 0x29, count: 20_000) + Array(repeating: 0x85, count: 300_000) + [
                0x2E
            ], "tuples")
        expectError([0x80, 2, 0x5D] + Array(repeating: 0x32, count: 1_200_000) + [0x2E], "copies of the top")
        expectError([0x80, 2] + Array(repeating: 0x28, count: 300_000) + [0x2E], "marks")
    }

    /// Containers in containers very deep must not overflow anybody's stack, not even when they are
    /// freed.
    @Test func depthDoesNoHarm() {
        expectError([0x80, 2, 0x5D] + Array(repeating: 0x85, count: 300_000) + [0x2E], "tuples")
        var bytes: [UInt8] = [0x80, 2, 0x7D, 0x71, 0]
        for _ in 0..<50_000 { bytes += [0x55, 1, 0x61, 0x7D, 0x73, 0x68, 0] }
        expectError(bytes + [0x2E], "dictionaries")
        // d["a"] = d
        expectError([0x80, 2, 0x7D, 0x71, 0, 0x55, 1, 0x61, 0x68, 0, 0x73, 0x2E], "a dictionary in itself")
    }

    @Test func sizesAreComparedWithTheFile() {
        // BINUNICODE, BINBYTES, BINBYTES8, LONG4, BYTEARRAY8 of more bytes than there are.
        for opcode: UInt8 in [0x58, 0x42, 0x8E, 0x8B, 0x96] {
            expectError([0x80, 4, opcode] + Array(repeating: 0xFF, count: 8) + [0x2E], "opcode \(opcode)")
            expectError([0x80, 4, opcode] + Array(repeating: 0x7F, count: 8) + [0x2E], "opcode \(opcode)")
        }
    }

    /// One element that says it is 10^12, and 2^62 x 4 that overflow.
    @Test(arguments: [[1 << 39, 1 << 2], [1 << 38], [1 << 62, 4], [-1, 4], [1 << 30, 0, 1 << 40]])
    func impossibleShapes(_ shape: [Int]) throws {
        var pickle =
            "ctorch._utils\n_rebuild_tensor_v2\n((S'storage'\nctorch\nFloatStorage\nS'0'\nS'cpu'\nI1\ntQI0\n("
        pickle += shape.map { "I\($0)\n" }.joined() + "t(" + shape.map { _ in "I0\n" }.joined() + "tI00\n}tR"
        let scratch = try Scratch()
        let path = scratch.path + "/a.pth"
        try TorchFile.write([SavedTensor(name: "x", shape: [1]) { [1] }], to: path)
        let changed = try ZipSurgery.replacingPickle(of: path, with: Data("}S'x'\n\(pickle)s.".utf8))
        try changed.write(to: URL(fileURLWithPath: path))
        if shape.contains(0) {
            #expect(throws: Never.self) { try WeightArchive.open(path: path).floats(named: "x") }
        } else {
            let error = #expect(throws: CheckpointError.self) { try WeightArchive.open(path: path) }
            #expect(!"\(try #require(error))".contains("zip"))
        }
    }

    @Test(arguments: ["protocol2.pth", "legacy.pth", "arrays2.pkl", "tensors4.pkl"])
    func everyTruncationIsSeen(_ name: String) throws {
        let whole = try WeightFixtures().bytes(name)
        let scratch = try Scratch()
        let path = scratch.path + "/" + name
        for length in stride(from: 0, to: whole.count, by: 7) {
            try whole.prefix(length).write(to: URL(fileURLWithPath: path))
            #expect(throws: CheckpointError.self, "cut at \(length)") { try WeightArchive.open(path: path) }
        }
    }
}

/// Makes a zip as torch.save would, with another pickle.
enum ZipSurgery {
    static func replacingPickle(of path: String, with pickle: Data) throws -> Data {
        // One stored entry beside the storage, without checksums, as torch.save can write them.
        let storage = Data([0, 0, 0x80, 0x3F])
        var (file, directory) = (Data(), Data())
        func little(_ value: Int, _ count: Int) -> Data {
            Data((0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) })
        }
        for (name, content) in [("a/data.pkl", pickle), ("a/data/0", storage)] {
            let common =
                little(20, 2) + little(0, 8) + little(0, 4) + little(content.count, 4)
                + little(content.count, 4)
                + little(name.utf8.count, 2) + little(0, 2)
            directory +=
                little(0x0201_4B50, 4) + little(20, 2) + common + little(0, 10) + little(file.count, 4)
                + Data(name.utf8)
            file += little(0x0403_4B50, 4) + common + Data(name.utf8) + content
        }
        let end =
            little(0x0605_4B50, 4) + little(0, 4) + little(2, 2) + little(2, 2) + little(directory.count, 4)
            + little(file.count, 4) + little(0, 2)
        return file + directory + end
    }
}
