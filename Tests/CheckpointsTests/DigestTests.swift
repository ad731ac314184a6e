import Checkpoints
import Foundation
import Testing

@Suite struct DigestTests {
    /// Values of the reference implementation (xxhsum -H64), of texts that come in two pieces.
    @Test(arguments: [
        ("", 0xef46_db37_51d8_e999), ("a", 0xd24e_c4f1_a98c_6e5b), ("abc", 0x44bc_2cf5_ad77_0999),
        ("Nobody inspects the spammish repetition", 0xfbce_a83c_8a37_8bf1 as UInt64),
    ])
    func digestsOfTheReference(text: String, digest: UInt64) {
        let bytes = Array(text.utf8)
        for first in 0...bytes.count {
            var hash = XXH64()
            bytes[..<first].withUnsafeBytes { hash.update($0) }
            bytes[first...].withUnsafeBytes { hash.update($0) }
            #expect(hash.value == digest)
        }
    }

    private func write(_ path: String) throws {
        let tensors = [
            SavedTensor(name: "layer.weight", shape: [2, 3]) { [1, 2, 3, -4, 5, 0.5] },
            SavedTensor(name: "layer.bias", shape: [2]) { [0, 1] },
        ]
        try SafetensorsFile.write(tensors, metadata: ["format": "pt", "step": "12"], to: path)
    }

    /// Every bit of the file: length, names, shapes, notes, padding, the digest itself, tensors.
    @Test func everyFlippedBitIsSeen() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        try write(path)
        #expect(try SafetensorsFile(path: path).verify())
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        for (place, byte) in whole.enumerated() {
            for bit in 0..<8 {
                try file.seek(toOffset: UInt64(place))
                try file.write(contentsOf: Data([byte ^ 1 << bit]))
                #expect(throws: CheckpointError.self, "bit \(bit) of byte \(place)") {
                    try SafetensorsFile(path: path).verify()
                }
            }
            try file.seek(toOffset: UInt64(place))
            try file.write(contentsOf: Data([byte]))
        }
    }

    /// The digest as the README tells others how to compute it.
    @Test func theDigestIsThatOfTheWholeFile() throws {
        let scratch = try Scratch()
        let path = scratch.path + "/a.safetensors"
        try write(path)
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        let key = try #require(whole.firstRange(of: Data("\"digest\":\"xxh64:".utf8)))
        let digits = key.upperBound..<key.upperBound + 16
        var zeros = whole
        zeros.replaceSubrange(digits, with: Data(repeating: UInt8(ascii: "0"), count: 16))
        var hash = XXH64()
        zeros.withUnsafeBytes { hash.update($0) }
        #expect(String(decoding: whole[digits], as: UTF8.self) == String(format: "%016lx", hash.value))
    }

    @Test func aFileWithoutADigestCannotBeChecked() throws {
        let scratch = try Scratch()
        let header = #"{"__metadata__":{"format":"pt"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        #expect(try !SafetensorsFile(path: scratch.file(header: header, data: [0, 0, 0, 0])).verify())
        let strange = header.replacingOccurrences(of: "format", with: "digest")
        let path = try scratch.file(header: strange, data: [0, 0, 0, 0])
        #expect(throws: CheckpointError.damaged(path: path, problem: "its bytes do not fit its digest (pt)")) {
            try SafetensorsFile(path: path).verify()
        }
    }
}
