import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct MatrixProductTests {
    /// Columns of the first matrix, more rows than a tile has, and one of each.
    @Test(arguments: [
        (m: 3, width: 7, columns: 2..<6, n: 5), (m: 70, width: 9, columns: 0..<9, n: 3),
        (m: 1, width: 1, columns: 0..<1, n: 1), (m: 5, width: 80, columns: 10..<80, n: 1),
    ])
    func valueAndGradients(m: Int, width: Int, columns: Range<Int>, n: Int) {
        checkGradient(inputs: [testTensor("a", [m, width]), testTensor("b", [columns.count, n])]) {
            matrixProduct($0[0], columns: columns, $0[1])
        } reference: { p in
            (0..<m * n).map { index in
                columns.indices.reduce(0) { sum, k in
                    sum + p[0][index / n * width + k] * p[1][(k - columns.lowerBound) * n + index % n]
                }
            }
        }
    }
}
