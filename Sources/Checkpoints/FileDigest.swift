import Files
import Foundation

/// A safetensors file's digest of itself, in its `__metadata__`: `"digest": "crc32:0123abcd"`, CRC-32 of the whole
/// file with these 8 digits as `0`.
///
/// Nothing in the file can change unnoticed: names, shapes and notes lie under it as the tensors do.
enum FileDigest {
    /// The name of the note.
    static let note = "digest"
    static let prefix = "crc32:"

    /// Stands for a digest that is not known yet.
    static let placeholder = text(0)

    static func text(_ checksum: UInt32) -> String { prefix + String(format: "%08x", checksum) }

    /// The digest of a file whose header, which ends at `headerEnd`, says that it is `text`; nil where the header
    /// does not hold this text, or it is no digest.
    static func computed(_ file: Data, headerEnd: Int, noted text: String) -> String? {
        guard text.hasPrefix(prefix), text.utf8.count == placeholder.utf8.count,
            let range = file[..<headerEnd].firstRange(of: Data(text.utf8))
        else { return nil }
        let start = Checksum.crc32(Array(placeholder.utf8), after: Checksum.crc32(file[..<range.lowerBound]))
        return Self.text(Checksum.crc32(file[range.upperBound...], after: start))
    }
}
