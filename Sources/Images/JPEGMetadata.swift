/// What a JPEG's application blocks say of its orientation, where Pillow looks for it: Exif, and XMP.
struct JPEGMetadata {
    /// An Exif block; of a long one that is cut in several, all parts.
    private(set) var exif: [UInt8]?
    /// The last XMP text.
    private(set) var xmp: [UInt8]?

    /// Looks through the blocks before the picture's data.
    init(_ bytes: [UInt8]) {
        let (exifMark, xmpMark) = (Array("Exif\0\0".utf8), Array("http://ns.adobe.com/xap/1.0/\0".utf8))
        var at = 2
        while at + 4 <= bytes.count, bytes[at] == 0xFF {
            let marker = bytes[at + 1]
            if marker == 0xFF {  // a fill byte
                at += 1
                continue
            }
            let length = Int(bytes[at + 2]) << 8 | Int(bytes[at + 3])
            guard marker != 0xDA, length >= 2, length <= bytes.count - at - 2 else { return }
            let content = bytes[at + 4..<at + 2 + length]
            if marker == 0xE1, content.starts(with: exifMark) {
                exif = (exif ?? []) + content.dropFirst(exifMark.count)
            } else if marker == 0xE1, content.starts(with: xmpMark) {
                xmp = Array(content.dropFirst(xmpMark.count))
            }
            at += 2 + length
        }
    }
}
