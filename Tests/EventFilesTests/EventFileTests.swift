import EventFiles
import Foundation
import Testing

/// The bytes of event files; Tests/CommandTests/TensorBoardTests.swift has TensorBoard itself read them.
@Suite struct EventFileTests {
    private let folder = NSTemporaryDirectory() + "event-files-tests-\(UUID().uuidString)"

    init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

    private var names: [String] { get throws { try FileManager.default.contentsOfDirectory(atPath: folder).sorted() } }

    private func bytes(_ name: String) throws -> [UInt8] {
        Array(try #require(FileManager.default.contents(atPath: folder + "/" + name)))
    }

    /// The contents of the records, each held to its length and checksums.
    private func records(_ bytes: [UInt8]) throws -> [[UInt8]] {
        var (rest, records) = (bytes[...], [[UInt8]]())
        while !rest.isEmpty {
            let length = Array(rest.prefix(8))
            let count = length.reversed().reduce(0) { $0 << 8 | Int($1) }
            try #require(rest.count >= 16 + count)
            let content = Array(rest.dropFirst(12).prefix(count))
            for (checked, sum) in [
                (length, rest.dropFirst(8).prefix(4)), (content, rest.dropFirst(12 + count).prefix(4)),
            ] {
                #expect(sum.reversed().reduce(0) { $0 << 8 | UInt32($1) } == Self.masked(checked))
            }
            records.append(content)
            rest = rest.dropFirst(16 + count)
        }
        return records
    }

    /// Bit by bit, from the definition of CRC-32C (RFC 3720, B.4) and TensorFlow's mask.
    private static func masked(_ bytes: [UInt8]) -> UInt32 {
        var sum = UInt32.max
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0x82f6_3b78 : sum >> 1 }
        }
        let crc = ~sum
        return (crc >> 15 | crc << 17) &+ 0xa282_ead8
    }

    /// The sum of RFC 3720's 32 zeros and of `123456789`, which every CRC-32C names.
    @Test func theDefinitionIsThatOfTheStandard() {
        func unmasked(_ bytes: [UInt8]) -> UInt32 {
            let sum = Self.masked(bytes) &- 0xa282_ead8
            return sum << 15 | sum >> 17
        }
        #expect(unmasked([UInt8](repeating: 0, count: 32)) == 0x8a91_36aa)
        #expect(unmasked(Array("123456789".utf8)) == 0xe306_9283)
    }

    @Test func recordsAreFramed() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let file = try EventFile(in: folder, fromStep: 7)
        try file.add(step: 7, values: [("loss", 0.5), ("score", .nan)])
        try file.add(step: 7, values: [("score", .infinity)])
        try file.add(
            step: 7, pictures: [("panel", EncodedPicture(name: "a", height: 2, width: 3, bytes: [1, 2, 3]))])
        let name = try #require(try names.first)
        let records = try records(bytes(name))
        #expect(records.count == 4)
        #expect(String(decoding: records[0], as: UTF8.self).hasSuffix("brain.Event:2"))
        // Field 2, the step; field 7, the session, whose field 1 is START.
        #expect(records[1].suffix(6) == [0x10, 7, 0x3a, 2, 8, 1])
        // Field 5, the summary, with one value: field 1, the tag, and field 2, the bits of 0.5.
        #expect(records[2].suffix(17) == [0x10, 7, 0x2a, 13, 10, 11, 10, 4] + "loss".utf8 + [0x15, 0, 0, 0, 0x3f])
        #expect(records[3].suffix(5) == [0x22, 3, 1, 2, 3])
    }

    /// A later file is later by its name too, within a second and where a clock was set back.
    @Test func namesAreInTheOrderOfSessions() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let future = "events.out.tfevents.9000000000.pem"
        for _ in 0..<2 { _ = try EventFile(in: folder, fromStep: 0) }
        try Data().write(to: URL(fileURLWithPath: folder + "/" + future))
        _ = try EventFile(in: folder, fromStep: 0)
        let names = try names
        #expect(names.count == 4 && names[2] == future && names[3] == "events.out.tfevents.9000000001.pem")
    }
}
