import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct WinogradTests {
    /// Whole and cut tiles, whole and partly filled panels, every padding that the algorithm takes.
    static let cases = [
        ConvolutionCase([2, 12, 16, 16], 32, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 17, 15, 32], 48, ConvolutionGeometry(kernel: 3, padding: 1)),
        ConvolutionCase([1, 21, 18, 16], 27, ConvolutionGeometry(kernel: 3)),
        ConvolutionCase([2, 11, 14, 48], 70, ConvolutionGeometry(kernel: 3, padding: 2)),
    ]

    @Test(arguments: cases, [ConvolutionAlgorithm.winograd2, .winograd4])
    func matchesDefinition(_ c: ConvolutionCase, algorithm: ConvolutionAlgorithm) {
        let (x, w) = (testTensor("x", c.input), testTensor("w", c.weightShape))
        let expected = referenceConvolution(
            x.array.map(Double.init), c.input, weight: w.array.map(Double.init), outputs: c.outputs,
            c.geometry)
        let y = convolve(x, weight: w, c.geometry, algorithm: algorithm)
        // Largest error observed: 1.4e-6 of the largest value, by F(4×4).
        assertClose(y, expected, tolerance: 3e-6)
        // The tiles were really used: other sums round otherwise.
        let differs = y.array != convolve(x, weight: w, c.geometry, algorithm: .direct).array
        #expect(differs)
    }

    @Test(arguments: cases, [ConvolutionAlgorithm.winograd2, .winograd4])
    func dataGradientMatchesDirectSums(_ c: ConvolutionCase, algorithm: ConvolutionAlgorithm) {
        let size = c.geometry.outputSize(height: c.input[1], width: c.input[2])
        let dY = testTensor("dY", [c.input[0], size.height, size.width, c.outputs / 16 * 16])
        let w = testTensor("w", [c.outputs / 16 * 16, 3, 3, c.input[3]])
        let direct = convolutionDataGradient(
            dY, weight: w, c.geometry, inputShape: c.input, algorithm: .direct)
        let dX = convolutionDataGradient(
            dY, weight: w, c.geometry, inputShape: c.input, algorithm: algorithm)
        assertClose(dX, direct.array.map(Double.init), tolerance: 3e-6)
        let differs = dX.array != direct.array
        #expect(differs)
    }

    @Test(arguments: [ConvolutionAlgorithm.winograd2, .winograd4])
    func finishesInPlace(algorithm: ConvolutionAlgorithm) {
        let geometry = ConvolutionGeometry(kernel: 3, padding: 1)
        let (x, w) = (testTensor("x", [1, 18, 19, 16]), testTensor("w", [35, 3, 3, 16]))
        let epilogue = Epilogue(
            scale: testTensor("scale", [35]), shift: testTensor("shift", [35]),
            residual: testTensor("residual", [1, 18, 19, 35]), relu: true)
        let direct = convolve(x, weight: w, geometry, epilogue: epilogue, algorithm: .direct)
        let wide = Tensor(repeating: 7, shape: [1, 18, 19, 40])
        convolve(x, weight: w, geometry, epilogue: epilogue, algorithm: algorithm, into: (wide, 4))
        let values = wide.array
        let inside = values.indices.filter { (4..<39).contains($0 % 40) }.map { values[$0] }
        assertClose(Tensor(inside, shape: direct.shape), direct.array.map(Double.init), tolerance: 3e-6)
        let untouched = values.indices.allSatisfy { (4..<39).contains($0 % 40) || values[$0] == 7 }
        #expect(untouched)
    }

    @Test func bitsDoNotDependOnThreads() {
        let geometry = ConvolutionGeometry(kernel: 3, padding: 1)
        let (x, w) = (testTensor("x", [2, 30, 40, 32]), testTensor("w", [40, 3, 3, 32]))
        expectSameBits {
            [
                convolve(x, weight: w, geometry, algorithm: .winograd4),
                convolve(x, weight: w, geometry, algorithm: .winograd2),
            ]
        }
    }
}
