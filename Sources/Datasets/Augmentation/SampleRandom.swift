/// Random numbers that depend on (seed, epoch, index) alone, so that a run resumes at any sample:
/// SplitMix64 (Steele, Lea, Flood 2014) from a state hashed of the three.
package struct SampleRandom: Sendable {
    private static let increment: UInt64 = 0x9E37_79B9_7F4A_7C15
    private var state: UInt64

    /// The stream of sample `index` in `epoch`.
    package init(seed: UInt64, epoch: Int, index: Int) {
        let withEpoch = Self.mixed(Self.mixed(seed &+ Self.increment) ^ UInt64(bitPattern: Int64(epoch)))
        state = Self.mixed(withEpoch &+ Self.increment &* UInt64(bitPattern: Int64(index)))
    }

    /// 64 random bits.
    package mutating func next() -> UInt64 {
        state &+= Self.increment
        return Self.mixed(state)
    }

    /// Uniform in [0, 1).
    package mutating func nextUniform() -> Double {
        Double(next() >> 11) * 0x1p-53
    }

    /// Uniform in `range`.
    package mutating func nextUniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * nextUniform()
    }

    /// Each of 0 ..< bound with the same probability.
    package mutating func nextInt(below bound: Int) -> Int {
        precondition(bound > 0, "SampleRandom.nextInt: below \(bound)")
        let bound = UInt64(bound)
        let unfair = (0 &- bound) % bound
        while true {
            let product = next().multipliedFullWidth(by: bound)
            if product.low >= unfair { return Int(product.high) }
        }
    }

    /// Each of `range` with the same probability.
    package mutating func nextInt(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + nextInt(below: range.count)
    }

    /// True half the time.
    package mutating func nextBool() -> Bool {
        next() >> 63 == 1
    }

    private static func mixed(_ value: UInt64) -> UInt64 {
        var bits = value
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }
}
