/// The checksum of TensorFlow's record files: CRC-32C, turned by 15 bits and moved by a constant, so that the checksum
/// of bytes that contain checksums is none of theirs (tensorflow/core/lib/hash/crc32c.h, `Mask`).
enum MaskedChecksum {
    /// Castagnoli's polynomial, bits reversed, for each byte.
    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum >> 1 ^ (sum & 1) * 0x82f6_3b78 }
    }

    /// The masked checksum of the bytes.
    static func of(_ bytes: [UInt8]) -> UInt32 {
        let sum = ~table.withUnsafeBufferPointer { table in
            bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ $0 >> 8 }
        }
        return (sum >> 15 | sum << 17) &+ 0xa282_ead8
    }
}
