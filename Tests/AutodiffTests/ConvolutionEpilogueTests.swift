import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct ConvolutionEpilogueTests {
    /// y = relu(sum · scale + shift + residual) of reference sums.
    private func finished(_ sums: [Double], _ epilogue: Epilogue) -> [Double] {
        sums.enumerated().map { index, sum in
            let channel = index % (epilogue.scale?.count ?? 1)
            var y = sum
            if let scale = epilogue.scale { y *= Double(scale.array[channel]) }
            if let shift = epilogue.shift { y += Double(shift.array[channel]) }
            if let residual = epilogue.residual { y += Double(residual.array[index]) }
            return epilogue.relu ? max(0, y) : y
        }
    }

    private func epilogue(_ shape: [Int]) -> Epilogue {
        Epilogue(
            scale: testTensor("scale", [shape[3]]), shift: testTensor("shift", [shape[3]]),
            residual: testTensor("residual", shape), relu: true)
    }

    /// The result in a slice of a wider tensor, and whether the rest of that tensor was left alone.
    private func slice(_ shape: [Int], offset: Int, _ write: (Tensor) -> Void) -> (Tensor, untouched: Bool) {
        let width = shape[3] + 5
        let wide = Tensor(repeating: 7, shape: shape.dropLast() + [width])
        write(wide)
        let isInside = { (index: Int) in (offset..<offset + shape[3]).contains(index % width) }
        let inside = wide.array.enumerated().filter { isInside($0.offset) }.map(\.element)
        let outside = wide.array.enumerated().filter { !isInside($0.offset) }.map(\.element)
        return (Tensor(inside, shape: shape), outside.allSatisfy { $0 == 7 })
    }

    @Test(arguments: ConvolutionCase.all) func convolutionFinishesInPlace(_ c: ConvolutionCase) {
        let (x, w) = (testTensor("x", c.input), testTensor("w", c.weightShape))
        let size = c.geometry.outputSize(height: c.input[1], width: c.input[2])
        let shape = [c.input[0], size.height, size.width, c.outputs]
        let epilogue = epilogue(shape)
        let sums = referenceConvolution(
            x.array.map(Double.init), c.input, weight: w.array.map(Double.init), outputs: c.outputs,
            c.geometry)
        let expected = finished(sums, epilogue)
        assertClose(convolve(x, weight: w, c.geometry, epilogue: epilogue), expected)
        let (part, untouched) = slice(shape, offset: 3) {
            convolve(x, weight: w, c.geometry, epilogue: epilogue, into: ($0, 3))
        }
        assertClose(part, expected)
        #expect(untouched)
    }

    /// 1×1, direct and Winograd; 32 channels from the seventh of 48.
    @Test(arguments: [1, 3], [ConvolutionAlgorithm.direct, .winograd4])
    func convolutionReadsAChannelRange(kernel: Int, algorithm: ConvolutionAlgorithm) {
        let (x, w) = (testTensor("x", [1, 17, 19, 48]), testTensor("w", [40, kernel, kernel, 32]))
        let slice = Tensor(
            (0..<17 * 19).flatMap { pixel in (7..<39).map { x.array[pixel * 48 + $0] } }, shape: [1, 17, 19, 32])
        let geometry = ConvolutionGeometry(kernel: kernel, stride: 1, padding: kernel / 2)
        let result = convolve(x, channels: 7..<39, weight: w, geometry, algorithm: algorithm)
        let expected = convolve(slice, weight: w, geometry, algorithm: algorithm)
        // Partial sums of a direct convolution end elsewhere where taps are no neighbours.
        assertClose(result, expected.array.map(Double.init))
    }

    @Test func transposedConvolutionFinishesInPlace() {
        let geometry = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)
        let (x, w) = (testTensor("x", [2, 5, 7, 6]), testTensor("w", [6, 4, 4, 35]))
        let shape = [2, 10, 14, 35]
        let epilogue = epilogue(shape)
        let sums = referenceTransposedConvolution(
            x.array.map(Double.init), x.shape, weight: w.array.map(Double.init), outputs: 35, geometry)
        assertClose(
            convolveTransposed(x, weight: w, geometry, epilogue: epilogue), finished(sums, epilogue))
        let (part, untouched) = slice(shape, offset: 0) {
            convolveTransposed(x, weight: w, geometry, epilogue: epilogue, into: ($0, 0))
        }
        assertClose(part, finished(sums, epilogue))
        #expect(untouched)
    }

    @Test(arguments: [1, 2]) func depthwiseFinishesInPlace(stride: Int) {
        let geometry = ConvolutionGeometry(kernel: 3, stride: stride, padding: 1)
        let (x, w) = (testTensor("x", [2, 6, 7, 70]), testTensor("w", [3, 3, 70]))
        let size = geometry.outputSize(height: 6, width: 7)
        let shape = [2, size.height, size.width, 70]
        let epilogue = epilogue(shape)
        let sums = referenceDepthwise(
            x.array.map(Double.init), x.shape, weight: w.array.map(Double.init), geometry)
        assertClose(convolveDepthwise(x, weight: w, geometry, epilogue: epilogue), finished(sums, epilogue))
        let (part, untouched) = slice(shape, offset: 5) {
            convolveDepthwise(x, weight: w, geometry, epilogue: epilogue, into: ($0, 5))
        }
        assertClose(part, finished(sums, epilogue))
        #expect(untouched)
    }

    @Test func reluKeepsNaN() {
        let x = Tensor([.nan, -1, 1], shape: [1, 1, 3, 1])
        let w = Tensor(repeating: 1, shape: [40, 1, 1, 1])
        let y = convolve(x, weight: w, ConvolutionGeometry(), epilogue: Epilogue(relu: true)).array
        #expect(y[..<40].allSatisfy { $0.isNaN })
        #expect(Array(y[40...]) == Array(repeating: 0, count: 40) + Array(repeating: 1, count: 40))
    }
}
