import Kernels
import Tensors

/// Rows of a result that are computed together.
private let rowTile = 64

/// The product of columns `columns` of a [M, K] and b [columns.count, N]: [M, N]. Saves a and b; dA = dC · bᵀ in those
/// columns, zeros in the others; dB = aᵀ · dC.
package func matrixProduct(_ a: Variable, columns: Range<Int>, _ b: Variable) -> Variable {
    let (aShape, bShape) = (a.shape, b.shape)
    precondition(
        aShape.count == 2 && bShape.count == 2 && columns.upperBound <= aShape[1] && columns.count == bShape[0],
        "matrixProduct: columns \(columns) of \(aShape), \(bShape)")
    let (m, depth, n) = (aShape[0], bShape[0], bShape[1])
    let (left, right) = (a.value, b.value)
    let product = Tensor(uninitialized: [m, n])
    forEachTile(m) { rows in
        gemm(
            m: rows.count, n: n, k: depth, a: left.data + rows.lowerBound * aShape[1] + columns.lowerBound,
            lda: aShape[1], b: right.data, ldb: n, c: product.data + rows.lowerBound * n, ldc: n)
    }
    let needs = (a.needsGradient, b.needsGradient)
    return record(product, inputs: [a, b]) { dC in
        var dA: Tensor?
        if needs.0 {
            let gradient = Tensor(zeros: aShape)
            forEachTile(m) { rows in
                gemm(
                    transposeB: true, m: rows.count, n: depth, k: n, a: dC.data + rows.lowerBound * n, lda: n,
                    b: right.data, ldb: n, c: gradient.data + rows.lowerBound * aShape[1] + columns.lowerBound,
                    ldc: aShape[1])
            }
            dA = gradient
        }
        guard needs.1 else { return [dA, nil] }
        let dB = Tensor(uninitialized: bShape)
        forEachTile(depth) { rows in
            gemm(
                transposeA: true, m: rows.count, n: n, k: m, a: left.data + columns.lowerBound + rows.lowerBound,
                lda: aShape[1], b: dC.data, ldb: n, c: dB.data + rows.lowerBound * n, ldc: n)
        }
        return [dA, dB]
    }
}

private func forEachTile(_ rows: Int, _ body: (Range<Int>) -> Void) { parallelRows(rows, grain: rowTile, body) }
