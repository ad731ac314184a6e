import Engine
import Kernels
import Tensors

/// Something to be timed.
struct BenchWork {
    /// Multiply-adds that T counts.
    let multiplyAdds: Double
    /// Does it once.
    let run: () throws -> Void
}

/// The best times of some rounds.
struct Measurement {
    let seconds: Double
    let gigaflops: Double
    let multiplyAdds: Double
    let peakBytes: Int

    /// One round to warm up; then the work and SGEMM take turns.
    static func best(of rounds: Int, _ work: BenchWork) throws -> Measurement {
        let product = MatrixProduct()
        try work.run()
        product.run()
        ProcessMemory.resetPeak()
        var (seconds, productSeconds) = (Double.infinity, Double.infinity)
        for _ in 0..<rounds {
            productSeconds = min(productSeconds, time { product.run() })
            seconds = min(seconds, try time(work.run))
            productSeconds = min(productSeconds, time { product.run() })
        }
        return Measurement(
            seconds: seconds, gigaflops: 2 * MatrixProduct.multiplyAdds / productSeconds / 1e9,
            multiplyAdds: work.multiplyAdds, peakBytes: ProcessMemory.peakBytes)
    }

    private static func time(_ body: () throws -> Void) rethrows -> Double {
        let clock = ContinuousClock()
        let duration = try clock.measure(body)
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }
}

/// C = A · B of 2048×2048 matrices, a band of rows a tile: each thread calls single-threaded SGEMM.
struct MatrixProduct {
    private static let size = 2048
    static let multiplyAdds = Double(size * size * size)
    private let a = Tensor(repeating: 0.5, shape: [size, size])
    private let b = Tensor(repeating: 0.25, shape: [size, size])
    private let c = Tensor(zeros: [size, size])

    func run() {
        let size = Self.size
        parallelRows(size, grain: size / 4) { rows in
            gemm(
                m: rows.count, n: size, k: size, a: a.data + rows.lowerBound * size, lda: size, b: b.data, ldb: size,
                c: c.data + rows.lowerBound * size, ldc: size)
        }
    }
}
