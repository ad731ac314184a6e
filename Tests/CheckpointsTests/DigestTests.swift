import Checkpoints
import Files
import Foundation
import Testing

@Suite struct DigestTests {
    /// The check value of CRC-32's catalogue, and no bytes after others.
    @Test func theChecksumIsCRC32() {
        let bytes = Array("123456789".utf8)
        for first in 0...bytes.count {
            let start = Checksum.crc32(Array(bytes[..<first]))
            #expect(Checksum.crc32(Array(bytes[first...]), after: start) == 0xCBF4_3926)
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
        let key = try #require(whole.firstRange(of: Data("\"digest\":\"crc32:".utf8)))
        let digits = key.upperBound..<key.upperBound + 8
        var zeros = whole
        zeros.replaceSubrange(digits, with: Data(repeating: UInt8(ascii: "0"), count: 8))
        #expect(String(decoding: whole[digits], as: UTF8.self) == String(format: "%08x", Checksum.crc32(zeros)))
    }

    @Test func aFileWithoutADigestCannotBeChecked() throws {
        let scratch = try Scratch()
        let header = #"{"__metadata__":{"format":"pt"},"x":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#
        #expect(try !SafetensorsFile(path: scratch.file(header: header, data: [0, 0, 0, 0])).verify())
        let former = header.replacingOccurrences(of: #""format":"pt""#, with: #""digest":"xxh64:00112233aabbccdd""#)
        #expect(try !SafetensorsFile(path: scratch.file(header: former, data: [0, 0, 0, 0])).verify())
        let strange = header.replacingOccurrences(of: "format", with: "digest")
        let path = try scratch.file(header: strange, data: [0, 0, 0, 0])
        #expect(throws: CheckpointError.damaged(path: path, problem: "its bytes do not fit its digest (pt)")) {
            try SafetensorsFile(path: path).verify()
        }
    }
}
