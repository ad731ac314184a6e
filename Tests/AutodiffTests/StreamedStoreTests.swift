import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

/// Maps of more than four million values are stored past the caches; those of half their height are not.
@Suite struct StreamedStoreTests {
    private let epilogue = Epilogue(shift: testTensor("shift", [32]), relu: true)

    /// Both halves of a picture of 1024 rows, each with `context` rows of the other, and what `compute` makes of them.
    private func halves(_ x: Tensor, context: Int, _ compute: (Tensor) -> Tensor) -> [Float] {
        let shape = x.shape
        let row = shape[2] * shape[3]
        func part(_ rows: Range<Int>) -> Tensor {
            x.reshaped([shape[1], row]).items(rows).reshaped([1, rows.count, shape[2], shape[3]])
        }
        let (top, bottom) = (compute(part(0..<512 + context)), compute(part(512 - context..<1024)))
        let size = top.shape[2] * top.shape[3]
        return Array(top.array.prefix(512 * size)) + Array(bottom.array.suffix(512 * size))
    }

    @Test(arguments: [ConvolutionAlgorithm.direct, .winograd4], [1, 3])
    func convolutionsAreTheSame(algorithm: ConvolutionAlgorithm, kernel: Int) {
        let x = testTensor("x", [1, 1024, 136, 16])
        let w = testTensor("w", [32, kernel, kernel, 16])
        let geometry = ConvolutionGeometry(kernel: kernel, stride: 1, padding: kernel / 2)
        func compute(_ x: Tensor) -> Tensor {
            convolve(x, weight: w, geometry, epilogue: epilogue, algorithm: algorithm)
        }
        // Four rows keep the tiles of F(4×4) where they were.
        let isSame = compute(x).array == halves(x, context: 4, compute)
        #expect(isSame)
    }

    @Test func depthwiseConvolutionsAreTheSame() {
        let x = testTensor("x", [1, 1024, 136, 32])
        let w = testTensor("w", [3, 3, 32])
        func compute(_ x: Tensor) -> Tensor {
            convolveDepthwise(
                x, weight: w, ConvolutionGeometry(kernel: 3, stride: 1, padding: 1), epilogue: epilogue)
        }
        let isSame = compute(x).array == halves(x, context: 4, compute)
        #expect(isSame)
    }

    @Test(arguments: [false, true]) func normsAreTheSame(relu: Bool) {
        let x = testTensor("x", [1, 1024, 136, 32])
        let norm = ChannelNorm(
            mean: testTensor("mean", [32]), scale: testTensor("scale", [32]), shift: testTensor("shift", [32]),
            relu: relu)
        func forward(_ x: Tensor) -> Tensor { norm.forward(x, residual: x) }
        let forwardIsSame = forward(x).array == halves(x, context: 0, forward)
        #expect(forwardIsSame)
        func gradient(_ x: Tensor) -> Tensor {
            norm.dataGradient(x, x, slope: testTensor("slope", [32]), offset: testTensor("offset", [32]))
        }
        let gradientIsSame = gradient(x).array == halves(x, context: 0, gradient)
        #expect(gradientIsSame)
    }
}
