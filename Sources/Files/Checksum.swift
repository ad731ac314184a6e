import CZLib
import Foundation

/// CRC-32 as zip, PNG and zlib have it.
package enum Checksum {
    /// The checksum of bytes that follow others, whose checksum is `before`.
    package static func crc32(_ bytes: some ContiguousBytes, after before: UInt32 = 0) -> UInt32 {
        bytes.withUnsafeBytes { bytes in
            // zlib takes no bytes at all for a question: where does a sum start?
            guard let start = bytes.bindMemory(to: UInt8.self).baseAddress else { return before }
            return UInt32(truncatingIfNeeded: crc32_z(UInt(before), start, bytes.count))
        }
    }
}
