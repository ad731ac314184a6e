import Layers
import Tensors

/// Where the criterion takes its random numbers from, draw by draw. A value type: a copy repeats the numbers of the
/// original, which the criterion relies on.
package protocol UniformSource {
    /// The next draw for one image: a tensor of numbers in [0, 1), row-major. Draws follow the official criterion's
    /// order.
    mutating func uniform(_ shape: [Int], image: Int) -> Tensor

    /// The next draw for all images together, `rows` of each: [Σ rows] + shape.
    mutating func uniform(rows: [Int], _ shape: [Int]) -> Tensor

    /// Passes over a draw for one image.
    mutating func skip(_ shape: [Int], image: Int)

    /// Passes over a draw for all images.
    mutating func skip(rows: [Int], _ shape: [Int])
}

extension UniformSource {
    /// Draws and drops.
    package mutating func skip(_ shape: [Int], image: Int) { _ = uniform(shape, image: image) }

    /// Draws and drops.
    package mutating func skip(rows: [Int], _ shape: [Int]) { _ = uniform(rows: rows, shape) }
}

/// Random numbers that are a function of (seed, step, index of the image in the whole batch, number of its draw):
/// nothing has to be replayed to resume, and no division of the batch changes them.
package struct StepRandom: UniformSource {
    private let streams: ImageStreams
    /// Draws made for each image of the part.
    private var draws: [Int: UInt64] = [:]

    /// The numbers of the part of a step's batch that begins with image `firstImage`.
    package init(seed: UInt64, step: Int, firstImage: Int = 0) {
        streams = ImageStreams(seed: seed, step: step, firstImage: firstImage)
    }

    package mutating func uniform(_ shape: [Int], image: Int) -> Tensor {
        let result = Tensor(uninitialized: shape)
        fill(result, image: image)
        return result
    }

    package mutating func uniform(rows: [Int], _ shape: [Int]) -> Tensor {
        let result = Tensor(uninitialized: [rows.reduce(0, +)] + shape)
        var first = 0
        for (image, count) in rows.enumerated() {
            fill(result.items(first..<first + count), image: image)
            first += count
        }
        return result
    }

    package mutating func skip(_ shape: [Int], image: Int) { draws[image, default: 0] += 1 }

    package mutating func skip(rows: [Int], _ shape: [Int]) {
        for image in rows.indices { draws[image, default: 0] += 1 }
    }

    private mutating func fill(_ tensor: Tensor, image: Int) {
        let draw = draws[image, default: 0] + 1
        draws[image] = draw
        var stream = streams.stream(image: image, use: "criterion")
        // The key of a draw passes the mixer, so that draws do not overlap.
        let start = StepRandom.mix(stream.next() ^ draw &* 0xd6e8_feb8_6659_fd93)
        let values = tensor.data
        parallelRows(tensor.count, grain: 1 << 15) { range in
            for i in range {
                // The top 24 bits: every number is exact in Float, and below 1.
                values[i] = Float(StepRandom.mix(start &+ UInt64(i) &* 0x9e37_79b9_7f4a_7c15) >> 40) * 0x1p-24
            }
        }
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = (value ^ (value >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
