/// XXH64 with seed 0 (xxhash.com, doc/xxhash_spec.md) of bytes that come in pieces.
package struct XXH64 {
    private static var prime1: UInt64 { 0x9E37_79B1_85EB_CA87 }
    private static var prime2: UInt64 { 0xC2B2_AE3D_27D4_EB4F }
    private static var prime3: UInt64 { 0x1656_67B1_9E37_79F9 }
    private static var prime4: UInt64 { 0x85EB_CA77_C2B2_AE63 }
    private static var prime5: UInt64 { 0x27D4_EB2F_1656_67C5 }
    private static let blockSize = 32

    private var lanes = (Self.prime1 &+ Self.prime2, Self.prime2, UInt64(0), 0 &- Self.prime1)
    /// Bytes that do not fill a block yet.
    private var rest: [UInt8] = []
    private var count: UInt64 = 0

    /// The digest of nothing yet.
    package init() {}

    /// Adds bytes.
    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        count &+= UInt64(bytes.count)
        var start = 0
        if !rest.isEmpty {
            start = min(Self.blockSize - rest.count, bytes.count)
            rest.append(contentsOf: bytes[..<start])
            guard rest.count == Self.blockSize else { return }
            let block = rest
            block.withUnsafeBytes { mix($0) }
        }
        let end = start + (bytes.count - start) / Self.blockSize * Self.blockSize
        mix(UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        rest = Array(bytes[end...])
    }

    /// Adds numbers as a file has them, little-endian.
    mutating func update(littleEndian values: [Float]) {
        #if _endian(little)
            values.withUnsafeBytes { update($0) }
        #else
            values.map(\.bitPattern.littleEndian).withUnsafeBytes { update($0) }
        #endif
    }

    /// Adds whole blocks.
    private mutating func mix(_ bytes: UnsafeRawBufferPointer) {
        var (a, b, c, d) = lanes
        for position in stride(from: 0, to: bytes.count, by: Self.blockSize) {
            a = Self.round(a, Self.word(bytes, position))
            b = Self.round(b, Self.word(bytes, position + 8))
            c = Self.round(c, Self.word(bytes, position + 16))
            d = Self.round(d, Self.word(bytes, position + 24))
        }
        lanes = (a, b, c, d)
    }

    /// The digest of all bytes so far.
    package var value: UInt64 {
        var hash = Self.prime5
        if count >= UInt64(Self.blockSize) {
            let (a, b, c, d) = lanes
            hash = Self.rotated(a, 1) &+ Self.rotated(b, 7) &+ Self.rotated(c, 12) &+ Self.rotated(d, 18)
            for lane in [a, b, c, d] { hash = (hash ^ Self.round(0, lane)) &* Self.prime1 &+ Self.prime4 }
        }
        hash &+= count
        rest.withUnsafeBytes { bytes in
            var position = 0
            while position + 8 <= bytes.count {
                hash ^= Self.round(0, Self.word(bytes, position))
                hash = Self.rotated(hash, 27) &* Self.prime1 &+ Self.prime4
                position += 8
            }
            if position + 4 <= bytes.count {
                let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt32.self))
                hash = Self.rotated(hash ^ UInt64(half) &* Self.prime1, 23) &* Self.prime2 &+ Self.prime3
                position += 4
            }
            for byte in bytes[position...] {
                hash = Self.rotated(hash ^ UInt64(byte) &* Self.prime5, 11) &* Self.prime1
            }
        }
        hash = (hash ^ hash >> 33) &* Self.prime2
        hash = (hash ^ hash >> 29) &* Self.prime3
        return hash ^ hash >> 32
    }

    private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
        rotated(lane &+ word &* prime2, 31) &* prime1
    }

    private static func rotated(_ value: UInt64, _ places: UInt64) -> UInt64 {
        value << places | value >> (64 - places)
    }

    private static func word(_ bytes: UnsafeRawBufferPointer, _ position: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}
