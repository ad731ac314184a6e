import Foundation

/// The library of `gemm`; a program that has not asked `OpenBLAS.shared` ends here as the loader would have ended it.
private let shared: OpenBLAS = {
    do { return try OpenBLAS.shared.get().library } catch {
        FileHandle.standardError.write(Data("error: \(error)\n".utf8))
        exit(1)
    }
}()

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
    multiply(
        (library ?? shared).product, transposeA: transposeA, transposeB: transposeB, m: m, n: n, k: k, alpha: alpha,
        a: a, lda: lda, b: b, ldb: ldb, beta: beta, c: c, ldc: ldc)
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
