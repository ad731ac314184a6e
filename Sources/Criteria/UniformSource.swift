import Tensors

/// Where the criterion takes its random numbers from, draw by draw. A value type: a copy repeats the numbers of the
/// original, which the criterion relies on.
package protocol UniformSource {
    /// The next draw: a tensor of numbers in [0, 1), row-major. Draws follow the official criterion's order.
    mutating func uniform(_ shape: [Int]) -> Tensor

    /// Passes over a draw.
    mutating func skip(_ shape: [Int])
}

extension UniformSource {
    /// Draws and drops.
    package mutating func skip(_ shape: [Int]) { _ = uniform(shape) }
}

/// Random numbers that are a function of (seed, step, micro-batch, draw): nothing has to be replayed to resume.
package struct StepRandom: UniformSource {
    private let key: UInt64
    private var draw: UInt64 = 0

    /// The numbers of one micro-batch of one step.
    package init(seed: UInt64, step: Int, microBatch: Int = 0) {
        var stream = RandomStream(seed: seed, step, microBatch)
        key = stream.next()
    }

    /// [shape] in [0, 1); each draw has a key of its own.
    package mutating func uniform(_ shape: [Int]) -> Tensor {
        draw &+= 1
        // The key of a draw passes the mixer, so that draws do not overlap.
        let start = StepRandom.mix(key ^ draw &* 0xd6e8_feb8_6659_fd93)
        let result = Tensor(uninitialized: shape)
        let values = result.data
        parallelRows(result.count, grain: 1 << 15) { range in
            for i in range {
                // The top 24 bits: every number is exact in Float, and below 1.
                values[i] = Float(StepRandom.mix(start &+ UInt64(i) &* 0x9e37_79b9_7f4a_7c15) >> 40) * 0x1p-24
            }
        }
        return result
    }

    /// Counts a draw without making it.
    package mutating func skip(_ shape: [Int]) { draw &+= 1 }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
