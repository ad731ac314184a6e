import Kernels
import Tensors
import TestSupport
import Testing

/// A stem's convolution with the pooling after it, against one after the other.
@Suite struct ConvolveMaxPooledTests {
    private let pool = PoolGeometry(kernel: 3, stride: 2, padding: 1)

    private func epilogue(_ channels: Int) -> Epilogue {
        Epilogue(scale: testTensor("scale", [channels]), shift: testTensor("shift", [channels]), relu: true)
    }

    // Several rectangles and parts of them; windows that reach beyond the image on each side.
    @Test(arguments: [[2, 71, 139, 3], [1, 9, 6, 3], [1, 7, 260, 4]], [20, 64])
    func agreesWithTheSeparateOperations(shape: [Int], outputs: Int) {
        for (kernel, padding) in [(7, 3), (3, 1)] {
            let geometry = ConvolutionGeometry(kernel: kernel, stride: 2, padding: padding)
            let (x, w) = (testTensor("x", shape), testTensor("w", [outputs, kernel, kernel, shape[3]]))
            let map = convolve(x, weight: w, geometry, epilogue: epilogue(outputs))
            let expected = pool.pooled(map, isMaximum: true)
            let result = convolveMaxPooled(x, weight: w, geometry, epilogue: epilogue(outputs), pool: pool)
            #expect(result.shape == expected.shape)
            #expect(result.array == expected.array)
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let (x, w) = (testTensor("x", [1, 150, 130, 3]), testTensor("w", [24, 7, 7, 3]))
        let geometry = ConvolutionGeometry(kernel: 7, stride: 2, padding: 3)
        expectSameBits { [convolveMaxPooled(x, weight: w, geometry, epilogue: epilogue(24), pool: pool)] }
    }
}
