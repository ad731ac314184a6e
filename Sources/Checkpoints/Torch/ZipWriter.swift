import Files
import Foundation

/// Writes a zip of stored entries, each content at a multiple of 64 bytes as torch.save has it, zip64 where
/// the file is too large for 32 bits.
struct ZipWriter: ~Copyable {
    private var position = 0
    private var directory: [UInt8] = []
    private var count = 0

    /// Appends an entry. Throws `FileError.unwritable`.
    mutating func add(_ name: String, _ content: [UInt8], to file: borrowing AtomicFile)
        throws(FileError)
    {
        precondition(
            content.count < 0xFFFF_FFFF, "zip entry \(name): \(content.count) bytes, expected less than 4 GB")
        let name = Array(name.utf8)
        let checksum = Checksum.crc32(content)
        let unpadded = position + 30 + name.count + 4
        let padding = (64 - unpadded % 64) % 64
        var header = Self.bytes(0x0403_4B50, 4)
        let common = Self.common(checksum, content.count, name.count)
        header += common + Self.bytes(padding + 4, 2) + name
        // "FB", the field that PyTorch pads with.
        header += [0x46, 0x42] + Self.bytes(padding, 2) + Array(repeating: 0x5A, count: padding)
        try file.append(header)
        try file.append(content)
        let isFar = position >= 0xFFFF_FFFF
        directory += Self.bytes(0x0201_4B50, 4) + Self.bytes(isFar ? 45 : 20, 2) + common
        directory += Self.bytes(isFar ? 12 : 0, 2) + Self.bytes(0, 2 + 2 + 2 + 4)
        directory += Self.bytes(isFar ? 0xFFFF_FFFF : position, 4) + name
        if isFar { directory += Self.bytes(1, 2) + Self.bytes(8, 2) + Self.bytes(position, 8) }
        position += header.count + content.count
        count += 1
    }

    /// Appends the directory. Throws `FileError.unwritable`.
    consuming func finish(_ file: borrowing AtomicFile) throws(FileError) {
        try file.append(directory)
        let isLarge = position >= 0xFFFF_FFFF || count >= 0xFFFF
        if isLarge {
            var end = Self.bytes(0x0606_4B50, 4) + Self.bytes(44, 8) + Self.bytes(45, 2) + Self.bytes(45, 2)
            end += Self.bytes(0, 8) + Self.bytes(count, 8) + Self.bytes(count, 8)
            end += Self.bytes(directory.count, 8) + Self.bytes(position, 8)
            end += Self.bytes(0x0706_4B50, 4) + Self.bytes(0, 4) + Self.bytes(position + directory.count, 8)
            try file.append(end + Self.bytes(1, 4))
        }
        let entries = Self.bytes(isLarge ? 0xFFFF : count, 2)
        var end = Self.bytes(0x0605_4B50, 4) + Self.bytes(0, 4) + entries + entries
        end += Self.bytes(directory.count, 4) + Self.bytes(isLarge ? 0xFFFF_FFFF : position, 4)
        try file.append(end + Self.bytes(0, 2))
    }

    /// What local header and directory share: version, flags, method, time (1 January 1980), checksum, sizes.
    private static func common(_ checksum: UInt32, _ size: Int, _ nameLength: Int) -> [UInt8] {
        bytes(20, 2) + bytes(0x0800, 2) + bytes(0, 4) + bytes(0x21, 2) + bytes(Int(checksum), 4)
            + bytes(size, 4)
            + bytes(size, 4) + bytes(nameLength, 2)
    }

    private static func bytes(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }
}
