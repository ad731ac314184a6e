import Glibc

/// A counter-based random stream (SplitMix64): its values are a function of the seed and of what it is for,
/// so nothing has to be replayed to resume a run.
package struct RandomStream: Sendable {
    private var state: UInt64

    /// The stream of a named thing, such as a parameter's initial values.
    package init(seed: UInt64, name: String) {
        // FNV-1a, then mixed with the seed.
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        state = RandomStream.mix(RandomStream.mix(seed) ^ hash)
    }

    /// The stream of a counted thing, such as sample `b` of epoch `a`, or draw `b` of step `a`.
    package init(seed: UInt64, _ a: Int, _ b: Int) {
        let first = RandomStream.mix(RandomStream.mix(seed) ^ UInt64(bitPattern: Int64(a)))
        state = RandomStream.mix(first ^ UInt64(bitPattern: Int64(b)) &* 0xd6e8_feb8_6659_fd93)
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9e37_79b9_7f4a_7c15
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }

    /// The next 64 random bits.
    package mutating func next() -> UInt64 {
        defer { state = state &+ 0x9e37_79b9_7f4a_7c15 }
        return RandomStream.mix(state)
    }

    /// Leaves out the next `count` draws of 64 bits.
    package mutating func skip(_ count: Int) { state = state &+ UInt64(count) &* 0x9e37_79b9_7f4a_7c15 }

    /// The next number in [0, 1), with 53 random bits.
    package mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// The next number of the standard normal distribution (Box–Muller; the second value is dropped).
    package mutating func nextNormal() -> Double {
        let radius = sqrt(-2 * log(1 - nextUniform()))
        return radius * cos(2 * Double.pi * nextUniform())
    }

    /// The next whole number in 0 ..< bound.
    package mutating func nextInt(below bound: Int) -> Int {
        precondition(bound > 0, "nextInt: bound \(bound)")
        return Int(next().multipliedFullWidth(by: UInt64(bound)).high)
    }
}
