import Autodiff
import CKernels
import Kernels
import Tensors

/// C = A · B of 2048×2048 matrices, a band of rows a tile: each thread calls single-threaded SGEMM. The yardstick of
/// every measurement.
package struct MatrixProduct {
    private static let size = 2048
    /// Its multiply-adds.
    package static let multiplyAdds = Double(size * size * size)
    private let a = Tensor(repeating: 0.5, shape: [size, size])
    private let b = Tensor(repeating: 0.25, shape: [size, size])
    private let c = Tensor(zeros: [size, size])
    private let library: OpenBLAS?
    /// What the product reaches here, and what else limits the figures.
    package let machine: Machine

    /// Measures the machine, and multiplies by the fastest of OpenBLAS's kernel families. Throws `KernelError`.
    package init() throws {
        let inUse = try OpenBLAS.shared.get().library
        let (a, b, c) = (a, b, c)
        func rate(_ library: OpenBLAS) -> Double {
            Self.gigaflops { Self.multiply(a, b, into: c, library) }
        }
        var (best, fastest) = (inUse, rate(inUse))
        var rates = [(inUse.family, fastest)]
        for family in InstructionSet.chosen.openBLASFamilies where family != inUse.family {
            guard let copy = inUse.copy(family: family) else { continue }
            let speed = rate(copy)
            rates.append((family, speed))
            // Families of one kernel differ by chance alone; a second copy takes memory.
            guard speed > 1.05 * fastest else {
                copy.close()
                continue
            }
            if best.family != inUse.family { best.close() }
            (best, fastest) = (copy, speed)
        }
        library = best
        machine = Machine(
            kernels: inUse.family, reference: best.family, families: rates, ownGflops: Self.ownGigaflops(),
            peakGflops: Self.peakGigaflops())
    }

    /// Multiplies by the family that was the fastest when another process measured this machine. Throws `KernelError`.
    package init(_ machine: Machine) throws {
        let inUse = try OpenBLAS.shared.get().library
        library = machine.reference == inUse.family ? inUse : inUse.copy(family: machine.reference)
        self.machine = machine
    }

    /// Multiplies once.
    package func run() { Self.multiply(a, b, into: c, library) }

    private static func multiply(_ a: Tensor, _ b: Tensor, into c: Tensor, _ library: OpenBLAS?) {
        parallelRows(size, grain: size / 4) { rows in
            gemm(
                m: rows.count, n: size, k: size, a: a.data + rows.lowerBound * size, lda: size, b: b.data, ldb: size,
                c: c.data + rows.lowerBound * size, ldc: size, library: library)
        }
    }

    /// The same product by our own kernel: a 1×1 convolution.
    private static func ownGigaflops() -> Double {
        let x = Tensor(repeating: 0.5, shape: [1, 1, size, size])
        let weight = Tensor(repeating: 0.25, shape: [size, 1, 1, size])
        let geometry = ConvolutionGeometry(kernel: 1, stride: 1, padding: 0)
        return gigaflops { _ = convolve(x, weight: weight, geometry) }
    }

    /// Multiply-adds of registers alone, with the kernels' instruction set on all threads.
    private static func peakGigaflops() -> Double {
        let rounds = 1 << 19
        let count = 64 * pk_multiply_registers(1, Tensor(zeros: [1]).data) * rounds
        return gigaflops(multiplyAdds: Double(count)) {
            parallelFor(64) { _ in
                var sum: Float = 0
                _ = pk_multiply_registers(rounds, &sum)
            }
        }
    }

    /// The best of three runs after one to warm up.
    private static func gigaflops(multiplyAdds: Double = multiplyAdds, _ body: () -> Void) -> Double {
        body()
        let seconds = (0..<3).map { _ in TimedRuns.time(body) }.min() ?? .infinity
        return 2 * multiplyAdds / seconds / 1e9
    }
}
