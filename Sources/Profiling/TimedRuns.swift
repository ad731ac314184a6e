import Engine
import Tensors

/// The times of some runs of a work, with SGEMM before and after each: a machine's speed changes from second
/// to second.
package struct TimedRuns: Codable, Equatable, Sendable {
    /// Seconds of each run.
    package let times: [Double]
    /// Best rate of SGEMM beside the runs, in GFLOP/s.
    package let gigaflops: Double
    /// Largest resident size during the runs, in bytes.
    package let peakBytes: Int

    /// Once to warm up, then `runs` times. `prepare` does what isn't to be timed and returns what is; `note` gets the
    /// time of each run.
    package init(
        runs: Int, _ product: MatrixProduct, prepare: () throws -> (() throws -> Void),
        note: (_ seconds: Double) -> Void = { _ in }
    ) throws {
        precondition(runs > 0, "timed runs: \(runs) runs")
        StoragePool.releaseCache()
        try prepare()()
        product.run()
        ProcessMemory.resetPeak()
        var times: [Double] = []
        var productSeconds = Double.infinity
        for _ in 0..<runs {
            let work = try prepare()
            productSeconds = min(productSeconds, Self.time { product.run() })
            times.append(try Self.time(work))
            productSeconds = min(productSeconds, Self.time { product.run() })
            note(times[times.count - 1])
        }
        self.times = times
        gigaflops = 2 * MatrixProduct.multiplyAdds / productSeconds / 1e9
        peakBytes = ProcessMemory.peakBytes
    }

    /// What was measured elsewhere.
    package init(times: [Double], gigaflops: Double, peakBytes: Int) {
        precondition(!times.isEmpty, "timed runs: none")
        (self.times, self.gigaflops, self.peakBytes) = (times, gigaflops, peakBytes)
    }

    /// Runs of one work that were measured at several times, as one.
    package init(joining parts: [TimedRuns]) {
        self.init(
            times: parts.flatMap(\.times), gigaflops: parts.map(\.gigaflops).max() ?? 0,
            peakBytes: parts.map(\.peakBytes).max() ?? 0)
    }

    /// The best time.
    package var seconds: Double { times.min() ?? 0 }

    /// The median time.
    package var median: Double { times.median }

    /// T: what SGEMM would need for so many multiply-adds, in seconds.
    package func reference(multiplyAdds: Double) -> Double { 2 * multiplyAdds / (gigaflops * 1e9) }

    /// The best time as a multiple of T.
    package func ratio(multiplyAdds: Double) -> Double { seconds / reference(multiplyAdds: multiplyAdds) }

    /// Seconds that a work takes.
    package static func time(_ body: () throws -> Void) rethrows -> Double {
        try ContinuousClock().measure(body) / .seconds(1)
    }
}

extension [Double] {
    /// The middle value, or the mean of the two in the middle; there must be one.
    package var median: Double { percentile(50) }

    /// The value that so many percent of the values do not exceed, on the line between the two nearest where none is
    /// at that place (numpy's `percentile`); there must be a value.
    package func percentile(_ percent: Double) -> Double {
        precondition(!isEmpty && 0...100 ~= percent, "percentile \(percent) of \(count) values")
        let sorted = sorted()
        let place = percent / 100 * Double(count - 1)
        let below = Int(place)
        let above = Swift.min(below + 1, count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
