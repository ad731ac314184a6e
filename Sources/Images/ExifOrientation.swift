import Annotations

/// How the stored pixels must be turned to show the picture upright: the values of Exif's tag 0x0112.
enum ExifOrientation: Int, CaseIterable {
    case upright = 1
    case flippedHorizontally, rotatedHalf, flippedVertically
    case transposed, rotatedClockwise, transversed, rotatedCounterclockwise

    /// Whether turning makes a column of each row.
    var swapsSides: Bool { rawValue >= Self.transposed.rawValue }

    /// The size of an image of the size `stored` after turning.
    func upright(_ stored: ImageSize) -> ImageSize { swapsSides ? stored.transposed : stored }

    /// What a file's Exif block and its XMP text say; upright where neither says it, or they cannot be read: that must
    /// not keep a picture from being read. As in Pillow's `Image.getexif` the text counts only where the block lacks
    /// the tag.
    init(exif: [UInt8]?, xmp: [UInt8]?) {
        let stated = exif.flatMap(Self.tag) ?? xmp.flatMap(Self.attribute)
        self = stated.flatMap(ExifOrientation.init) ?? .upright
    }

    /// The tag's value in the first directory of a TIFF block, which the mark of a JPEG's block may precede. 0 where
    /// it is there, but no whole number.
    private static func tag(in block: [UInt8]) -> Int? {
        let mark = Array("Exif\0\0".utf8)
        var bytes = block[...]
        for _ in 0..<2 where bytes.starts(with: mark) { bytes = bytes.dropFirst(mark.count) }
        guard bytes.starts(with: [0x49, 0x49]) || bytes.starts(with: [0x4D, 0x4D]) else { return nil }
        let littleEndian = bytes.first == 0x49
        func number(_ offset: Int, bytes width: Int) -> Int? {
            guard offset >= 0, offset + width <= bytes.count else { return nil }
            let at = bytes.startIndex + offset
            return (0..<width).reduce(0) { sum, byte in
                sum << 8 | Int(bytes[at + (littleEndian ? width - 1 - byte : byte)])
            }
        }
        guard number(2, bytes: 2) == 42, let directory = number(4, bytes: 4),
            let entries = number(directory, bytes: 2)
        else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + 12 * entry
            guard let tag = number(at, bytes: 2), let type = number(at + 2, bytes: 2), number(at + 8, bytes: 4) != nil
            else { return nil }
            guard tag == 0x0112 else { continue }
            // Whole numbers of 2 or 4 bytes, with and without a sign.
            let width = [3: 2, 8: 2, 4: 4, 9: 4][type]
            return width.flatMap { number(at + 8, bytes: $0) } ?? 0
        }
        return nil
    }

    /// The digit behind `tiff:Orientation="` or `<tiff:Orientation>`.
    private static func attribute(in text: [UInt8]) -> Int? {
        let (name, quote, bracket) = (Array("tiff:Orientation".utf8), Array("=\"".utf8), Array(">".utf8))
        for start in text.indices where text[start] == name[0] && text[start...].starts(with: name) {
            let rest = text[(start + name.count)...]
            guard let sign = [quote, bracket].first(where: rest.starts) else { continue }
            if let digit = rest.dropFirst(sign.count).first, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) {
                return Int(digit - UInt8(ascii: "0"))
            }
        }
        return nil
    }
}
