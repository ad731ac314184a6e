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
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let sum = Sum()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while true {
            let got = read(file, buffer.baseAddress, buffer.count)
            if got == 0 { return sum.value }
            if got < 0 {
                if errno == EINTR { continue }
                return nil
            }
            sum.add(UnsafeRawBufferPointer(rebasing: buffer[..<got]))
        }
    }
}
