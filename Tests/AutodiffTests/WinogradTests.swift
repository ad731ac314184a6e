import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct WinogradTests {
    /// Whole and cut tiles, whole and partly filled panels, every padding that the algorithm takes; one phase and four.
    static let cases = [
        ConvolutionCase([2, 15, 16, 16], 32, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 17, 15, 32], 48, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 21, 18, 16], 27, ConvolutionGeometry(kernel: 3)),
        ConvolutionCase([2, 13, 14, 48], 70, ConvolutionGeometry(kernel: 3, padding: 2)),
        ConvolutionCase([1, 18, 17, 16], 16, ConvolutionGeometry(kernel: 2)),
        ConvolutionCase([4, 47, 50, 16], 48, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ConvolutionCase([1, 101, 100, 48], 17, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ConvolutionCase([1, 47, 45, 128], 16, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ConvolutionCase([1, 78, 80, 16], 16, ConvolutionGeometry(kernel: 6, stride: 2, padding: 3)),
    ]

    /// Of transposed convolutions, which the data gradients of the others are as well.
    static let transposedCases = [
        ConvolutionCase([5, 19, 24, 16], 48, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ConvolutionCase([1, 49, 49, 48], 17, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ConvolutionCase([3, 19, 39, 128], 16, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ConvolutionCase([1, 18, 13, 32], 16, ConvolutionGeometry(kernel: 3, padding: 1)),
    ]

    @Test(arguments: cases) func matchesDefinition(_ c: ConvolutionCase) {
        let (x, w) = (testTensor("x", c.input), testTensor("w", c.weightShape))
        let expected = referenceConvolution(
            x.array.map(Double.init), c.input, weight: w.array.map(Double.init), outputs: c.outputs,
            c.geometry)
        let direct = convolve(x, weight: w, c.geometry, algorithm: .direct).array
        for algorithm in [ConvolutionAlgorithm.winograd2, .winograd4] {
            let y = convolve(x, weight: w, c.geometry, algorithm: algorithm)
            // Largest errors observed: 1.4e-6 of the largest value, by F(4×4, 3×3); 3.4e-6 by four phases of
            // F(5×5, 2×2).
            assertClose(y, expected, tolerance: c.geometry.stride == 1 ? 3e-6 : 5e-6)
            // The tiles were really used: other sums round otherwise.
            let differs = y.array != direct
            #expect(differs)
        }
    }

    @Test(arguments: transposedCases) func transposedMatchesDefinition(_ c: ConvolutionCase) {
        let geometry = c.geometry
        let weightShape = [c.input[3], geometry.kernelHeight, geometry.kernelWidth, c.outputs]
        let (x, w) = (testTensor("x", c.input), testTensor("w", weightShape))
        let expected = referenceTransposedConvolution(
            x.array.map(Double.init), c.input, weight: w.array.map(Double.init), outputs: c.outputs, geometry)
        let direct = convolveTransposed(x, weight: w, geometry, algorithm: .direct).array
        for algorithm in [ConvolutionAlgorithm.winograd2, .winograd4] {
            let y = convolveTransposed(x, weight: w, geometry, algorithm: algorithm)
            assertClose(y, expected, tolerance: 3e-6)
            let differs = y.array != direct
            #expect(differs)
        }
    }

    @Test(arguments: cases, [ConvolutionAlgorithm.winograd2, .winograd4])
    func dataGradientMatchesDirectSums(_ c: ConvolutionCase, algorithm: ConvolutionAlgorithm) {
        let size = c.geometry.outputSize(height: c.input[1], width: c.input[2])
        let dY = testTensor("dY", [c.input[0], size.height, size.width, c.outputs / 16 * 16])
        let w = testTensor("w", [c.outputs / 16 * 16] + c.weightShape.dropFirst())
        let direct = convolutionDataGradient(
            dY, weight: w, c.geometry, inputShape: c.input, algorithm: .direct)
        let dX = convolutionDataGradient(
            dY, weight: w, c.geometry, inputShape: c.input, algorithm: algorithm)
        assertClose(dX, direct.array.map(Double.init), tolerance: 3e-6)
        let differs = dX.array != direct.array
        #expect(differs)
    }

    @Test(arguments: [ConvolutionAlgorithm.winograd2, .winograd4], [false, true])
    func finishesInPlace(algorithm: ConvolutionAlgorithm, transposing: Bool) {
        let (x, shape) = (testTensor("x", [4, 23, 24, 16]), transposing ? [4, 46, 48, 35] : [4, 23, 24, 35])
        let epilogue = Epilogue(
            scale: testTensor("scale", [35]), shift: testTensor("shift", [35]),
            residual: testTensor("residual", shape), relu: true)
        func result(_ algorithm: ConvolutionAlgorithm, into: ChannelSlice? = nil) -> Tensor {
            transposing
                ? convolveTransposed(
                    x, weight: testTensor("w", [16, 4, 4, 35]), ConvolutionGeometry(kernel: 4, stride: 2, padding: 1),
                    epilogue: epilogue, algorithm: algorithm, into: into)
                : convolve(
                    x, weight: testTensor("w", [35, 3, 3, 16]), ConvolutionGeometry(kernel: 3, padding: 1),
                    epilogue: epilogue, algorithm: algorithm, into: into)
        }
        let direct = result(.direct)
        let wide = Tensor(repeating: 7, shape: shape.dropLast() + [40])
        _ = result(algorithm, into: (wide, 4))
        let values = wide.array
        let inside = values.indices.filter { (4..<39).contains($0 % 40) }.map { values[$0] }
        assertClose(Tensor(inside, shape: direct.shape), direct.array.map(Double.init), tolerance: 3e-6)
        let untouched = values.indices.allSatisfy { (4..<39).contains($0 % 40) || values[$0] == 7 }
        #expect(untouched)
    }

    @Test(arguments: [ConvolutionAlgorithm.winograd2, .winograd4])
    func bitsDoNotDependOnThreads(algorithm: ConvolutionAlgorithm) {
        let (x, w) = (testTensor("x", [2, 30, 40, 32]), testTensor("w", [48, 3, 3, 32]))
        let upsampling = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)
        let taps = testTensor("taps", [32, 4, 4, 48])
        expectSameBits {
            let larger = convolveTransposed(x, weight: taps, upsampling, algorithm: algorithm)
            return [
                convolve(x, weight: w, ConvolutionGeometry(kernel: 3, padding: 1), algorithm: algorithm), larger,
                convolve(larger, weight: taps, upsampling, algorithm: algorithm),
            ]
        }
    }
}
