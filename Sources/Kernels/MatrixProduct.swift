import CKernels
import Synchronization
import Tensors

/// Who computes `gemm`.
package enum MatrixProducts {
    /// The bits of the function in use, 0 for our own.
    fileprivate static let chosen = Atomic<UInt>(0)

    /// From now on OpenBLAS, which commands choose where they start, or for nil, as from the start, our own kernels: a
    /// host of the library gets no other library, no setting and no threads but ours.
    package static func use(_ library: OpenBLAS?) {
        chosen.store(library.map { unsafeBitCast($0.product, to: UInt.self) } ?? 0, ordering: .relaxed)
    }
}

/// c = alpha · op(a) · op(b) + beta · c for row-major matrices, on the calling thread: the worker pool calls it tile by
/// tile.
///
/// op(a) is m × k, op(b) is k × n, c is m × n; `lda`, `ldb`, `ldc` are the row strides of the matrices as stored.
package func gemm(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
    a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int, beta: Float = 0,
    c: UnsafeMutablePointer<Float>, ldc: Int, library: OpenBLAS? = nil
) {
    guard m > 0, n > 0 else { return }
    let chosen = MatrixProducts.chosen.load(ordering: .relaxed)
    let product = library?.product ?? (chosen == 0 ? ownProduct : unsafeBitCast(chosen, to: OpenBLAS.Product.self))
    multiply(
        product, transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha, a: a, lda: lda, b: b,
        ldb: ldb, beta: beta, c: c, ldc: ldc)
}

/// The same by any `cblas_sgemm`.
func multiply(
    _ product: OpenBLAS.Product, transposeA: Bool, transposeB: Bool, m: Int, n: Int, k: Int, alpha: Float,
    a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int, beta: Float,
    c: UnsafeMutablePointer<Float>, ldc: Int
) {
    // CBLAS's numbers: 101 is row-major, 112 transposed, 111 not.
    product(
        101, transposeA ? 112 : 111, transposeB ? 112 : 111, Int32(m), Int32(n), Int32(k), alpha, a, Int32(lda), b,
        Int32(ldb), beta, c, Int32(ldc))
}

/// `cblas_sgemm` of row-major matrices by our own register tiles.
package let ownProduct: OpenBLAS.Product = { _, transposeA, transposeB, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc in
    func matrix(_ data: UnsafePointer<Float>, _ stride: Int32, isTransposed: Bool) -> strided_matrix {
        strided_matrix(data: data, row: isTransposed ? 1 : Int(stride), column: isTransposed ? Int(stride) : 1)
    }
    let (m, n, k) = (Int(m), Int(n), Int(k))
    let scratch = Tensor(uninitialized: [pk_matrix_product_scratch_count(m, n, k)])
    pk_matrix_product(
        m, n, k, alpha, matrix(a, lda, isTransposed: transposeA == 112),
        matrix(b, ldb, isTransposed: transposeB == 112),
        beta, c, Int(ldc), scratch.data)
    withExtendedLifetime(scratch) {}
}
