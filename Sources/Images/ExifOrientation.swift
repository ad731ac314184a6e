import Annotations

/// How the stored pixels must be turned to show the picture upright: the values of Exif's tag 0x0112.
enum ExifOrientation: UInt16, CaseIterable {
    case upright = 1
    case flippedHorizontally, rotatedHalf, flippedVertically
    case transposed, rotatedClockwise, transversed, rotatedCounterclockwise

    /// The size of an image of the size `stored` after turning.
    func upright(_ stored: ImageSize) -> ImageSize {
        let swapsSides = rawValue >= Self.transposed.rawValue
        return swapsSides ? ImageSize(height: stored.width, width: stored.height) : stored
    }

    /// Reads the tag from the first directory of a TIFF block; upright where it is missing
    /// or invalid: that must not keep a picture from being read.
    init(tiff bytes: UnsafeBufferPointer<UInt8>) {
        self = Self.find(in: bytes) ?? .upright
    }

    private static func find(in bytes: UnsafeBufferPointer<UInt8>) -> ExifOrientation? {
        guard bytes.count >= 8, bytes[0] == bytes[1], bytes[0] == 0x49 || bytes[0] == 0x4D else {
            return nil
        }
        let littleEndian = bytes[0] == 0x49
        func number(_ at: Int, bytes width: Int) -> Int? {
            guard at >= 0, at + width <= bytes.count else { return nil }
            return (0..<width).reduce(0) { sum, byte in
                sum << 8 | Int(bytes[at + (littleEndian ? width - 1 - byte : byte)])
            }
        }
        guard number(2, bytes: 2) == 42, let directory = number(4, bytes: 4),
            let entries = number(directory, bytes: 2)
        else { return nil }
        for entry in 0..<entries {
            let at = directory + 2 + 12 * entry
            guard let tag = number(at, bytes: 2) else { return nil }
            guard tag == 0x0112 else { continue }
            let shortInteger = 3
            guard number(at + 2, bytes: 2) == shortInteger, let value = number(at + 8, bytes: 2) else {
                return nil
            }
            return ExifOrientation(rawValue: UInt16(value))
        }
        return nil
    }
}
