import Foundation

/// CRC-32 as zip and zlib have it (polynomial 0xEDB88320, reflected), eight bytes at a time.
package enum Checksum {
    private static let tables: [UInt32] = {
        var tables = Array(repeating: UInt32(0), count: 8 * 256)
        for index in 0..<256 {
            tables[index] = (0..<8).reduce(UInt32(index)) { value, _ in
                value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1
            }
        }
        for index in 256..<tables.count {
            let before = tables[index - 256]
            tables[index] = before >> 8 ^ tables[Int(before & 255)]
        }
        return tables
    }()

    package static func crc32(_ data: Data) -> UInt32 { data.withUnsafeBytes { crc32($0) } }

    /// The checksum of bytes that follow others, whose checksum is `before`.
    package static func crc32(_ bytes: UnsafeRawBufferPointer, after before: UInt32 = 0) -> UInt32 {
        var value = ~before
        var position = 0
        tables.withUnsafeBufferPointer { table in
            while position + 8 <= bytes.count {
                let eight = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
                let mixed = eight ^ UInt64(value)
                var next: UInt32 = 0
                for place in 0..<8 {
                    next ^= table[(7 - place) * 256 + Int(mixed >> (8 * UInt64(place)) & 255)]
                }
                value = next
                position += 8
            }
            while position < bytes.count {
                value = value >> 8 ^ table[Int(UInt8(truncatingIfNeeded: value) ^ bytes[position])]
                position += 1
            }
        }
        return ~value
    }
}
