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

    /// Makes the matrices.
    package init() {}

    /// Multiplies once.
    package func run() {
        let size = Self.size
        parallelRows(size, grain: size / 4) { rows in
            gemm(
                m: rows.count, n: size, k: size, a: a.data + rows.lowerBound * size, lda: size, b: b.data, ldb: size,
                c: c.data + rows.lowerBound * size, ldc: size)
        }
    }
}
