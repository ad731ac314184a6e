import Annotations
import Images
import TestSupport
import Testing

/// Whatever the bytes, reading gives an image or an `InputError`.
@Suite struct MutationTests {
    @Test func damagedPNGsNeverCrash() throws { try read("PNG") }
    @Test func damagedJPEGsNeverCrash() throws { try read("JPEG") }

    private func read(_ format: String) throws {
        let fixtures = try #require(ImageFixtures.all)
        let turned = OrientationTests.cases.map(\.file).filter { $0.hasSuffix(format == "PNG" ? "png" : "jpg") }
        let names =
            (format == "PNG" ? fixtures.png : fixtures.jpeg).compactMap(\.file) + turned.map { "orientation/" + $0 }
        let folder = try TemporaryFolder()
        var run = FuzzRun(format, path: folder.path + "/damaged")
        try run.read(
            names.map(ImageFixtures.bytes),
            tokens: [
                "IDAT", "PLTE", "tRNS", "eXIf", "tEXt", "zTXt", "iTXt", "Exif\0\0", "tiff:Orientation=\"6",
                "\u{FF}\u{DA}", "\u{FF}\u{C4}",
            ],
            refusal: InputError.self, repair: format == "PNG" ? Self.checksummed : { $0 }
        ) { path in
            do { _ = try ImageFile.readLabels(path) } catch is InputError {}
            let image = try ImageFile.readRGB(path)
            try #require(try ImageFile.size(of: path) == image.size)
        }
        #expect(run.refused > run.count / 5, "\(run.refused) of \(run.count) refused")
    }

    /// A PNG whose chunks have the checksums of what is in them.
    private static func checksummed(_ bytes: [UInt8]) -> [UInt8] {
        var (bytes, position) = (bytes, 8)
        func number(_ start: Int) -> Int { bytes[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } }
        while position + 12 <= bytes.count {
            let end = position + 8 + number(position)
            guard end + 4 <= bytes.count else { break }
            let checksum = crc32(bytes[position + 4..<end])
            for index in 0..<4 { bytes[end + index] = UInt8(truncatingIfNeeded: checksum >> UInt32(24 - 8 * index)) }
            position = end + 4
        }
        return bytes
    }

    private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
        ~bytes.reduce(UInt32.max) { value, byte in
            (0..<8).reduce(value ^ UInt32(byte)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ value >> 1 : value >> 1 }
        }
    }
}
