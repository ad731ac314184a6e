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
        // A sum of x·0 is zero exactly when no x is infinite or NaN, and it vectorises.
        var marks = [Float](repeating: 0, count: (count + elementGrain - 1) / elementGrain)
        marks.withUnsafeMutableBufferPointer { marks in
            guard let marks = marks.baseAddress else { return }
            parallelRows(count, grain: elementGrain) { range in
                var mark: Float = 0
                for i in range { mark += values[i] * 0 }
                marks[range.lowerBound / elementGrain] = mark
            }
        }
        return marks.allSatisfy { $0 == 0 }
    }
}
