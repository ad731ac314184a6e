import Foundation

/// A safetensors file's digest of itself, in its `__metadata__`: `"digest": "xxh64:00112233aabbccdd"`, XXH64 of the
/// whole file with these 16 digits as `0`.
///
/// Nothing in the file can change unnoticed: names, shapes and notes lie under it as the tensors do.
enum FileDigest {
    /// The name of the note.
    static let note = "digest"
    static let prefix = "xxh64:"
    private static let digits = 16

    /// Stands for a digest that is not known yet.
    static let placeholder = prefix + String(repeating: "0", count: digits)

    static func text(_ hash: XXH64) -> String {
        let digits = String(hash.value, radix: 16)
        return prefix + String(repeating: "0", count: Self.digits - digits.count) + digits
    }

    /// The digest of a file whose header, which ends at `headerEnd`, says that it is `text`; nil where the header
    /// does not hold this text, or it is no digest.
    static func computed(_ file: Data, headerEnd: Int, noted text: String) -> String? {
        guard text.hasPrefix(prefix), text.utf8.count == prefix.utf8.count + digits,
            let range = file[..<headerEnd].firstRange(of: Data(text.utf8))
        else { return nil }
        var hash = XXH64()
        file.withUnsafeBytes { bytes in
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[..<range.lowerBound]))
            Array(placeholder.utf8).withUnsafeBytes { hash.update($0) }
            hash.update(UnsafeRawBufferPointer(rebasing: bytes[range.upperBound...]))
        }
        return Self.text(hash)
    }
}
