import Foundation

/// SHA-256 (FIPS 180-4), as `sha256sum` prints it.
package struct SHA256 {
    private var state = fractions(of: SHA256.primes.prefix(8), root: 2)
    private static let constants = fractions(of: primes, root: 3)

    private static let primes = (2...311).filter { number in !(2..<number).contains { number % $0 == 0 } }

    /// The digest of a file; nil where it cannot be read as one.
    package static func digest(of path: String) -> String? {
        (try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped)).map { digest(of: $0) }
    }

    /// The digest of bytes, as hexadecimal digits.
    package static func digest(of data: Data) -> String {
        var hash = SHA256()
        let whole = data.count / 64 * 64
        data.withUnsafeBytes { bytes in
            for block in stride(from: 0, to: whole, by: 64) { hash.add(bytes, at: block) }
        }
        // A one bit, zeros, and the number of bits.
        var rest = Array(data.dropFirst(whole)) + [0x80]
        rest += [UInt8](repeating: 0, count: (120 - rest.count) % 64)
        rest += (0..<8).map { UInt8(truncatingIfNeeded: (8 * data.count) >> (56 - 8 * $0)) }
        rest.withUnsafeBytes { bytes in
            for block in stride(from: 0, to: bytes.count, by: 64) { hash.add(bytes, at: block) }
        }
        return hash.state.map { String(format: "%08x", $0) }.joined()
    }

    /// One block of 64 bytes.
    private mutating func add(_ bytes: UnsafeRawBufferPointer, at block: Int) {
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: 64) { words in
            for t in 0..<16 {
                let word = bytes.loadUnaligned(fromByteOffset: block + 4 * t, as: UInt32.self)
                words.initializeElement(at: t, to: UInt32(bigEndian: word))
            }
            for t in 16..<64 {
                let (a, b) = (words[t - 15], words[t - 2])
                let small = Self.turned(a, 7) ^ Self.turned(a, 18) ^ a >> 3
                let large = Self.turned(b, 17) ^ Self.turned(b, 19) ^ b >> 10
                words.initializeElement(at: t, to: words[t - 16] &+ small &+ words[t - 7] &+ large)
            }
            var (a, b, c, d) = (state[0], state[1], state[2], state[3])
            var (e, f, g, h) = (state[4], state[5], state[6], state[7])
            Self.constants.withUnsafeBufferPointer { constants in
                for t in 0..<64 {
                    let large = Self.turned(e, 6) ^ Self.turned(e, 11) ^ Self.turned(e, 25)
                    let first = h &+ large &+ ((e & f) ^ (~e & g)) &+ constants[t] &+ words[t]
                    let small = Self.turned(a, 2) ^ Self.turned(a, 13) ^ Self.turned(a, 22)
                    let second = small &+ ((a & b) ^ (a & c) ^ (b & c))
                    (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
                }
            }
            for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
        }
    }

    @inline(__always)
    private static func turned(_ word: UInt32, _ places: UInt32) -> UInt32 { word >> places | word << (32 - places) }

    /// The first 32 bits of the fractions of square or cube roots. A Double has 53 bits, of which the whole part of
    /// these roots takes up 5 at most: the last bits are right.
    private static func fractions(of numbers: some Sequence<Int>, root: Int) -> [UInt32] {
        numbers.map { number in
            let value = root == 2 ? Double(number).squareRoot() : cbrt(Double(number))
            return UInt32((value - value.rounded(.down)) * 0x1p32)
        }
    }
}
