import Foundation

/// Writes PNGs of the kinds that the library reads and does not write: 8 bits, any channels, not compressed.
enum PlainPNG {
    /// `values` row by row; `colorType` as in the header: 4 grey with alpha, 6 RGB with alpha.
    static func write(_ values: [UInt8], width: Int, colorType: UInt8, to path: String) throws {
        let channels: [UInt8: Int] = [0: 1, 2: 3, 4: 2, 6: 4]
        let rowLength = width * (channels[colorType] ?? 1)
        let height = values.count / rowLength
        var rows: [UInt8] = []
        for row in 0..<height { rows += [0] + values[row * rowLength..<(row + 1) * rowLength] }
        // One block that is stored as it is.
        let count = UInt16(rows.count)
        var block: [UInt8] = [0x78, 0x01, 1]
        for length in [count, ~count] { block += [UInt8(length & 255), UInt8(length >> 8)] }
        block += rows + number(adler(rows))
        let header = number(UInt32(width)) + number(UInt32(height)) + [8, colorType, 0, 0, 0]
        var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        for (name, content) in [("IHDR", header), ("IDAT", block), ("IEND", [])] { bytes += chunk(name, content) }
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    private static func number(_ value: UInt32) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        return number(UInt32(content.count)) + body + number(crc(body))
    }

    private static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { sum, byte in
            (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
    }

    private static func adler(_ bytes: [UInt8]) -> UInt32 {
        let (low, high) = bytes.reduce((UInt32(1), UInt32(0))) { sums, byte in
            let low = (sums.0 + UInt32(byte)) % 65_521
            return (low, (sums.1 + low) % 65_521)
        }
        return high << 16 | low
    }
}
