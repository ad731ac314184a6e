// The one door to OpenBLAS: a single-threaded SGEMM that the worker pool calls tile by tile.
import COpenBLAS

/// Pins OpenBLAS to the calling thread, once and for ever: its own workers spin after a call and starve ours.
private let pinnedToOneThread: Void = openblas_set_num_threads(1)

/// The name of the kernel family that OpenBLAS chose for this machine, such as "SkylakeX".
package func matrixProductCoreName() -> String {
    _ = pinnedToOneThread
    guard let name = openblas_get_corename() else { return "unknown" }
    return String(cString: name)
}

/// c = alpha · op(a) · op(b) + beta · c for row-major matrices, on the calling thread.
///
/// op(a) is m × k, op(b) is k × n, c is m × n; `lda`, `ldb`, `ldc` are the row strides of the matrices as stored.
package func gemm(
    transposeA: Bool = false, transposeB: Bool = false, m: Int, n: Int, k: Int, alpha: Float = 1,
    a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int, beta: Float = 0,
    c: UnsafeMutablePointer<Float>, ldc: Int
) {
    _ = pinnedToOneThread
    guard m > 0, n > 0 else { return }
    cblas_sgemm(
        CblasRowMajor, transposeA ? CblasTrans : CblasNoTrans, transposeB ? CblasTrans : CblasNoTrans,
        blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b, blasint(ldb), beta, c, blasint(ldc))
}
