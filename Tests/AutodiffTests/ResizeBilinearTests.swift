import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct ResizeBilinearTests {
    @Test(arguments: [[1, 4, 6, 3], [2, 3, 1, 17], [1, 1, 5, 1]], [(8, 12), (2, 3), (7, 4), (1, 1), (3, 1)])
    func valueAndGradient(shape: [Int], size: (Int, Int)) {
        // Source positions are float32 as torch's are: observed 6e-7.
        checkGradient(
            inputs: [testTensor("x", shape)], valueTolerance: 3e-6, tolerance: 1e-5,
            operation: { resizeBilinear($0[0], height: size.0, width: size.1) },
            reference: { resizeReference($0[0], shape, height: size.0, width: size.1) })
    }

    @Test(arguments: [[1, 4, 6, 3], [2, 3, 1, 17], [1, 1, 5, 1]], [(8, 12), (7, 4), (1, 1), (3, 1)])
    func alignedCorners(shape: [Int], size: (Int, Int)) {
        checkGradient(
            inputs: [testTensor("x", shape)], valueTolerance: 3e-6, tolerance: 1e-5,
            operation: { resizeAlignedCorners($0[0], height: size.0, width: size.1) },
            reference: { resizeReference($0[0], shape, height: size.0, width: size.1, alignsCorners: true) })
    }

    // torch 2: interpolate(arange(6).reshape(1, 1, 2, 3), (3, 5), mode="bilinear")
    @Test func valuesOfTorch() {
        let y = resizeBilinear(Tensor([0, 1, 2, 3, 4, 5], shape: [1, 2, 3, 1]), height: 3, width: 5)
        let row: [Double] = [0, 0.4, 1, 1.6, 2]
        assertClose(y, row + row.map { $0 + 1.5 } + row.map { $0 + 3 }, tolerance: 1e-6)
    }

    @Test func bitsDoNotDependOnThreads() {
        let x = testTensor("x", [2, 33, 21, 19])
        expectSameBits {
            var gradients: [Tensor] = []
            let y = resizeBilinear(Variable(leaf: x) { gradients.append($0) }, height: 50, width: 13)
            backward(weightedSum(y, testTensor("w", y.shape)))
            return [y.value] + gradients
        }
    }
}
