/// Rows of work below which a chunk is not worth handing to another thread.
private let elementGrain = 1 << 15

extension Tensor {
    /// Adds `other` to this tensor, in place where nothing else shares its buffer. Shapes are equal.
    package mutating func accumulate(_ other: Tensor) {
        precondition(shape == other.shape, "accumulate: \(shape) and \(other.shape)")
        let target = isUniquelyOwned() ? self : Tensor(uninitialized: shape)
        let (a, b, sum) = (data, other.data, target.data)
        parallelRows(count, grain: elementGrain) { range in
            for i in range { sum[i] = a[i] + b[i] }
        }
        self = target
    }

    /// Whether every value is finite.
    package var isFinite: Bool {
        let values = data
        // The largest magnitude as bits: infinity and NaN are those from 0x7f800000 on.
        return parallelMap((count + elementGrain - 1) / elementGrain) { chunk in
            var most: UInt32 = 0
            let start = chunk * elementGrain
            for i in start..<min(count, start + elementGrain) { most = max(most, values[i].bitPattern & 0x7fff_ffff) }
            return most
        }.allSatisfy { $0 < 0x7f80_0000 }
    }
}
