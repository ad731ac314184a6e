import Engine
import Tensors

/// The times of some runs of a work, with SGEMM before and after each: a machine's speed changes from second
/// to second.
package struct TimedRuns: Sendable {
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
    package var median: Double {
        let sorted = sorted()
        return (sorted[(count - 1) / 2] + sorted[count / 2]) / 2
    }
}
