import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct ResizeNearestTests {
    @Test(arguments: [[1, 4, 6, 3], [2, 3, 1, 17], [1, 1, 5, 1]], [(8, 12), (2, 3), (7, 4), (1, 1), (3, 11)])
    func valueAndGradient(shape: [Int], size: (Int, Int)) {
        checkGradient(inputs: [testTensor("x", shape)]) {
            resizeNearest($0[0], height: size.0, width: size.1)
        } reference: { x in
            let (width, channels) = (shape[2], shape[3])
            return (0..<shape[0] * size.0 * size.1 * channels).map { index in
                let pixel = index / channels
                let (row, column) = (pixel / size.1 % size.0 * shape[1] / size.0, pixel % size.1 * width / size.1)
                let image = pixel / (size.0 * size.1)
                return x[0][((image * shape[1] + row) * width + column) * channels + index % channels]
            }
        }
    }

    // torch 2: interpolate(arange(6).reshape(1, 1, 2, 3), (3, 5), mode="nearest")
    @Test func valuesOfTorch() {
        let x = Variable(Tensor([0, 1, 2, 3, 4, 5], shape: [1, 2, 3, 1]))
        let row: [Float] = [0, 0, 1, 1, 2]
        #expect(resizeNearest(x, height: 3, width: 5).value.array == row + row + row.map { $0 + 3 })
    }

    @Test func bitsDoNotDependOnThreads() {
        let x = testTensor("x", [2, 16, 11, 19])
        expectSameBits {
            var gradients: [Tensor] = []
            let y = resizeNearest(Variable(leaf: x) { gradients.append($0) }, height: 33, width: 21)
            backward(weightedSum(y, testTensor("w", y.shape)))
            return [y.value] + gradients
        }
    }
}
