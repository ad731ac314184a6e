import Foundation

/// A PNG of RGB pixels, chunk by chunk.
package struct PNGBytes {
    package let bytes: [UInt8]

    /// Black, or with `noise` pixels that do not shrink; chunks of pixels of at most `partSize` bytes, and others
    /// before and behind them.
    package init(
        width: Int, height: Int, noise: Bool = false, partSize: Int = .max, before: [UInt8] = [], behind: [UInt8] = []
    ) {
        var random = SplitMix(state: 3)
        let rows = (0..<height).flatMap { _ in
            [0] + (0..<3 * width).map { _ in noise ? UInt8.random(in: 0...255, using: &random) : 0 }
        }
        let pixels = Self.packed(rows)
        let parts = stride(from: 0, to: pixels.count, by: min(partSize, pixels.count)).flatMap {
            Self.chunk("IDAT", Array(pixels[$0...].prefix(partSize)))
        }
        let header = Self.number(width) + Self.number(height) + [8, 2, 0, 0, 0]
        bytes =
            [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] + Self.chunk("IHDR", header) + before + parts + behind
            + Self.chunk("IEND", [])
    }

    /// A chunk with its length and checksum.
    package static func chunk(_ type: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(type.utf8) + content
        return number(content.count) + body + number(Int(crc32(body)))
    }

    /// A zTXt chunk.
    package static func packedText(_ keyword: String, _ text: [UInt8]) -> [UInt8] {
        chunk("zTXt", Array(keyword.utf8) + [0, 0] + packed(text))
    }

    /// An Exif block with an orientation alone.
    package static func exif(_ orientation: UInt8) -> [UInt8] {
        Array("II*\0".utf8) + [8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0]
    }

    /// As ImageMagick writes a block.
    package static func profile(_ block: [UInt8]) -> [UInt8] {
        Array("\nexif\n\(block.count)\n".utf8)
            + block.flatMap { byte in
                Array((byte < 16 ? "0" : "").utf8) + Array(String(byte, radix: 16).utf8)
            }
    }

    /// A zlib stream: libpng's zlib is loaded.
    package static func packed(_ bytes: [UInt8]) -> [UInt8] {
        typealias Compress =
            @convention(c) (UnsafeMutablePointer<UInt8>, UnsafeMutablePointer<UInt>, UnsafePointer<UInt8>, UInt) ->
            Int32
        let compress = unsafeBitCast(dlsym(nil, "compress"), to: Compress.self)
        var count = UInt(bytes.count + bytes.count / 100 + 64)
        var packed = [UInt8](repeating: 0, count: Int(count))
        precondition(compress(&packed, &count, bytes, UInt(bytes.count)) == 0)
        return Array(packed[..<Int(count)])
    }

    /// Another file with chunks before its pixels, or behind them.
    package static func adding(_ chunks: [UInt8], to file: [UInt8], behindPixels: Bool) -> [UInt8] {
        // The header's chunk ends at 33, that of the end has 12 bytes.
        let place = behindPixels ? file.count - 12 : 33
        return file[..<place] + chunks + file[place...]
    }

    private static func number(_ value: Int) -> [UInt8] {
        (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
    }

    private static func crc32(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in table[Int((value ^ UInt32(byte)) & 255)] ^ value >> 8 }
    }

    private static let table: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
    }
}
