import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct PatchesTests {
    @Test(arguments: [[1, 4, 4, 3], [2, 5, 3, 2], [1, 1, 7, 1]], [false, true])
    func valueAndGradient(shape: [Int], columnsFirst: Bool) {
        for side in [2, 4] {
            let (rows, columns) = ((shape[1] + side - 1) / side, (shape[2] + side - 1) / side)
            checkGradient(inputs: [testTensor("x", shape)]) {
                patches($0[0], side: side, columnsFirst: columnsFirst)
            } reference: { p in
                var y: [Double] = []
                for (image, row) in (0..<shape[0]).flatMap({ image in (0..<rows).map { (image, $0) } }) {
                    for (column, place) in (0..<columns).flatMap({ c in (0..<side * side).map { (c, $0) } }) {
                        let (a, b) = (place / side, place % side)
                        let (dy, dx) = columnsFirst ? (b, a) : (a, b)
                        let (i, j) = (row * side + dy, column * side + dx)
                        for c in 0..<shape[3] {
                            let isInside = i < shape[1] && j < shape[2]
                            y.append(isInside ? p[0][((image * shape[1] + i) * shape[2] + j) * shape[3] + c] : 0)
                        }
                    }
                }
                return y
            }
        }
    }

    @Test func factorsOfImages() {
        checkGradient(inputs: [testTensor("x", [3, 2, 4])]) {
            scaleImages($0[0], by: [0, 2, -0.5])
        } reference: { p in
            p[0].enumerated().map { [0, 2, -0.5][$0 / 8] * $1 }
        }
    }

    @Test func factorsOfChannels() {
        let factors = Tensor([0, 2, -0.5, 1, 0, 3], shape: [2, 1, 1, 3])
        checkGradient(inputs: [testTensor("x", [2, 3, 2, 3])]) {
            multiply($0[0], Variable(factors))
        } reference: { p in
            p[0].enumerated().map { Double(factors.array[$0 / 18 * 3 + $0 % 3]) * $1 }
        }
    }

    /// torch.nn.functional.interpolate(x, size=(3, 5), mode="bicubic") of 0, 1, 4, 9, … in 2 × 4.
    @Test func bicubicResize() {
        let x = Tensor((0..<8).map { Float($0 * $0) }, shape: [1, 2, 4, 1])
        let y = resizeBicubic(Variable(x), height: 3, width: 5)
        assertClose(y.value, bicubicExpectation, tolerance: 1e-6)
        #expect(resizeBicubic(Variable(x), height: 2, width: 4).value.array == x.array)
        let sizes = [1, 3, 4, 2]
        let probe = testTensor("x", sizes)
        checkGradient(inputs: [probe]) {
            resizeBicubic($0[0], height: 5, width: 3)
        } reference: { p in
            // Linear in x: each input's share of the output.
            var y = [Double](repeating: 0, count: 30)
            for index in p[0].indices {
                let unit = Tensor(p[0].indices.map { $0 == index ? 1 : 0 }, shape: sizes)
                let share = resizeBicubic(Variable(unit), height: 5, width: 3).value.array
                for place in y.indices { y[place] += p[0][index] * Double(share[place]) }
            }
            return y
        }
    }
}

private let bicubicExpectation: [Double] = [
    -1.407452, -1.422771, -0.305556, 2.677658, 5.789340, 7.696252, 10.833254, 16.125000,
    23.282749, 29.546749, 16.799955, 23.089275, 32.555550, 43.887840, 53.304157,
]
