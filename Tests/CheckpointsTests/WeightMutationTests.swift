import Checkpoints
import Foundation
import TestSupport
import Testing

/// Whatever the bytes, opening and reading gives values or a `CheckpointError`.
@Suite struct WeightMutationTests {
    @Test func pickles() throws {
        let others = ["tensors2.pkl", "tensors4.pkl", "legacy.pth", "legacy_protocol4.pth"]
        try read("pickle", (0...5).map { "arrays\($0).pkl" } + others)
    }

    @Test func zips() throws {
        try read("zip", ["nochecksums.pth", "plain.pth", "protocol2.pth", "protocol4.pth", "wrapped.pt", "module.pth"])
    }

    @Test func safetensors() throws {
        try read("safetensors", (1...2).map { "model-0000\($0)-of-00002.safetensors" } + ["typed.safetensors"])
    }

    @Test func shards() throws { try read("shards", ["model.safetensors.index.json"]) }

    private func read(_ format: String, _ names: [String]) throws {
        let fixtures = try WeightFixtures()
        let scratch = try Scratch()
        for number in 1...2 {
            let shard = "model-0000\(number)-of-00002.safetensors"
            try fixtures.bytes(shard).write(to: URL(fileURLWithPath: scratch.path + "/" + shard))
        }
        let originals = try names.map { name in
            name == "typed.safetensors" ? Self.typed : [UInt8](try fixtures.bytes(name))
        }
        var run = FuzzRun(format, path: scratch.path + "/damaged")
        try run.read(originals, tokens: Self.tokens, refusal: CheckpointError.self) { path in
            let archive = try WeightArchive.open(path: path)
            for name in archive.names {
                let entry = try #require(archive.entry(named: name))
                let values = try archive.floats(named: name)
                try #require(values.count == entry.shape.reduce(1, *), "\(name)")
            }
        }
        #expect(run.refused > run.count / 5, "\(run.refused) of \(run.count) refused")
    }

    /// Opcodes of pickles and pieces of headers.
    private static let tokens = [
        "(", ".", "}", "]", ")", "2", "t", "u", "s", "R", "b", "q\0", "h\0", "\u{2}", "X\u{8}\0\0\0", "J",
        "\u{80}", "{", "[", "\"dtype\":\"F64\"", "\"shape\":[", ",", "9223372036854775807", "-1", "1e400",
        "\"\\ud800\"", "PK\u{1}\u{2}", "PK\u{5}\u{6}",
    ]

    /// A file with several types, an empty tensor and notes.
    private static let typed: [UInt8] = {
        let header = """
            {"__metadata__":{"format":"pt"},"a":{"dtype":"F16","shape":[2,3],"data_offsets":[0,12]},\
            "b":{"dtype":"BF16","shape":[2],"data_offsets":[12,16]},\
            "c":{"dtype":"I64","shape":[1],"data_offsets":[16,24]},\
            "d":{"dtype":"F64","shape":[],"data_offsets":[24,32]},\
            "e":{"dtype":"BOOL","shape":[0,7],"data_offsets":[32,32]}}
            """
        return withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { Array($0) } + Array(header.utf8)
            + (0..<32).map { UInt8($0) }
    }()
}
