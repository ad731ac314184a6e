import CZLib

/// What a PNG's chunks say of its orientation, where Pillow looks for it, before the pixels and behind them: an eXIf
/// chunk, ImageMagick's text of an Exif block, and XMP. Of several chunks of a kind the last counts.
struct PNGMetadata {
    /// The same limit as Pillow's. Longer texts say nothing, so that a small file cannot become a large one.
    private static let mostBytes = 1 << 20
    /// Of the end of a file. Behind the pixels there is seldom more; the last chunk of pixels that Pillow writes has
    /// 64 KB.
    private static let tailBytes = 70_000

    /// Of all packed texts of a file together, as Pillow has it.
    private static let mostTextBytes = 64 << 20

    private var block, profile: [UInt8]?
    /// Bytes that packed texts came to so far.
    private var textBytes = 0
    /// An XMP text.
    private(set) var xmp: [UInt8]?

    /// Looks through the chunks of a file, as far as they are whole. Throws `InputError` where it cannot be read.
    init(_ file: FileContent) throws {
        var (at, sawPixels) = (8, false)
        while let chunk = try Chunk(file, at: at), chunk.type != "IEND" {
            at = chunk.end
            if chunk.type == "IDAT", !sawPixels {
                sawPixels = true
                at = try Self.endOfPixels(in: file, from: at) ?? at
            } else {
                try read(chunk, of: file)
            }
        }
    }

    /// An Exif block. Pillow reads ImageMagick's text only where there is no chunk.
    var exif: [UInt8]? { block ?? profile.flatMap(Self.block) }

    private mutating func read(_ chunk: Chunk, of file: FileContent) throws {
        guard ["eXIf", "tEXt", "zTXt", "iTXt"].contains(chunk.type) else { return }
        let content = try file.part(chunk.content.prefix(Self.mostBytes))
        if chunk.type == "eXIf" {
            // With the mark of a JPEG's block, as Pillow reads it.
            block = "Exif\0\0".utf8 + content
            return
        }
        let mayBePacked = chunk.type != "tEXt"
        if mayBePacked, textBytes >= Self.mostTextBytes { return }
        let found = Self.text(content, chunk.type)
        if mayBePacked { textBytes += found?.text.count ?? Self.mostBytes }
        if let (keyword, text) = found {
            switch keyword {
            case "exif" where chunk.type == "tEXt": block = text
            case "Raw profile type exif": profile = text
            case "XML:com.adobe.xmp": xmp = text
            default: break
            }
        }
    }

    /// The end of the last chunk of pixels, found from the end of the file, so that a picture's hundreds of chunks need
    /// not be visited; nil where the file's last bytes are not whole chunks behind a chunk of pixels.
    private static func endOfPixels(in file: FileContent, from start: Int) throws -> Int? {
        let first = max(start, file.count - tailBytes)
        let tail = try file.part(first..<file.count)
        var next = tail.count - 12
        guard next >= 0, Chunk.type(tail, at: next) == "IEND" else { return nil }
        for at in stride(from: next - 12, through: 0, by: -1) where Chunk.length(tail, at: at) == next - at - 12 {
            let type = Chunk.type(tail, at: at)
            guard type.utf8.allSatisfy({ 65...90 ~= $0 || 97...122 ~= $0 }) else { continue }
            if type == "IDAT" { return first + next }
            next = at
        }
        return nil
    }

    /// What a text chunk's keyword stands for; nil where the chunk is damaged or the text too long.
    private static func text(_ chunk: [UInt8], _ type: String) -> (keyword: String, text: [UInt8])? {
        var parts = chunk.split(separator: 0, maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return nil }
        let keyword = String(decoding: parts[0], as: UTF8.self)
        var (rest, isPacked) = (parts[1], type == "zTXt")
        if type == "iTXt" {
            guard let flag = rest.first else { return nil }
            isPacked = flag != 0
            rest = rest.dropFirst()
        }
        if type != "tEXt" {
            let method = rest.popFirst()
            guard method == 0 || !isPacked && method != nil else { return nil }
        }
        if type == "iTXt" {
            // The language, and the keyword in it.
            parts = rest.split(separator: 0, maxSplits: 2, omittingEmptySubsequences: false)
            guard parts.count == 3 else { return nil }
            rest = parts[2]
        }
        return (isPacked ? unpacked(Array(rest)) : Array(rest)).map { (keyword, $0) }
    }

    private static func unpacked(_ bytes: [UInt8]) -> [UInt8]? {
        var isWhole = false
        let text = [UInt8](unsafeUninitializedCapacity: mostBytes) { buffer, count in
            var length = uLong(mostBytes)
            isWhole = uncompress(buffer.baseAddress, &length, bytes, uLong(bytes.count)) == Z_OK
            count = isWhole ? Int(length) : 0
        }
        return isWhole ? text : nil
    }

    /// The bytes of ImageMagick's text "\nexif\n    LENGTH\nHEXADECIMAL DIGITS"; nil where it is another.
    private static func block(_ profile: [UInt8]) -> [UInt8]? {
        let lines = profile.split(separator: UInt8(ascii: "\n"), maxSplits: 3, omittingEmptySubsequences: false)
        guard lines.count == 4 else { return nil }
        var digits: [UInt8] = []
        for byte in lines[3] {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte - UInt8(ascii: "A") + 10)
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"), UInt8(ascii: "\t"), UInt8(ascii: " "): continue
            default: return nil
            }
        }
        guard digits.count % 2 == 0 else { return nil }
        return stride(from: 0, to: digits.count, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}

/// One chunk of a PNG.
private struct Chunk {
    let type: String
    /// Where its content stands in the file.
    let content: Range<Int>
    /// The end of its checksum.
    var end: Int { content.upperBound + 4 }

    /// The chunk that begins at `start`; nil where the file ends before it does. Throws `InputError`.
    init?(_ file: FileContent, at start: Int) throws {
        guard start + 12 <= file.count else { return nil }
        let head = try file.part(start..<start + 8)
        let length = Self.length(head, at: 0)
        guard length <= file.count - start - 12 else { return nil }
        type = Self.type(head, at: 0)
        content = start + 8..<start + 8 + length
    }

    static func length(_ bytes: [UInt8], at start: Int) -> Int {
        Int(bytes[start]) << 24 | Int(bytes[start + 1]) << 16 | Int(bytes[start + 2]) << 8 | Int(bytes[start + 3])
    }

    static func type(_ bytes: [UInt8], at start: Int) -> String {
        String(decoding: bytes[start + 4..<start + 8], as: UTF8.self)
    }
}
