import Foundation

/// What tells a file's content from another: its length and CRC-32. Against accidents, not against forgery.
struct ContentDigest: Hashable, Codable, Sendable {
    let bytes: Int
    let crc32: UInt32

    /// The digest of what is written, piece by piece.
    final class Sum {
        private(set) var value = ContentDigest(bytes: 0, crc32: 0)

        func add(_ piece: UnsafeRawBufferPointer) {
            value = ContentDigest(
                bytes: value.bytes + piece.count, crc32: Checksum.crc32(piece, after: value.crc32))
        }
    }

    /// The digest of the file at `path`; nil where it cannot be read.
    static func of(_ path: String) -> ContentDigest? {
        let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)
        return data.map { ContentDigest(bytes: $0.count, crc32: Checksum.crc32($0)) }
    }
}
