import Kernels
import Tensors
import TestSupport
import Testing

/// What convolutions alone do as they store their results: positions, gated residuals, means of the result.
@Suite struct ConvolutionGateTests {
    /// The parts of an epilogue that a case has.
    struct Parts: Sendable {
        var position = false
        var gate = false
        var means = false

        static let all = [
            Parts(position: true), Parts(gate: true), Parts(means: true), Parts(position: true, means: true),
            Parts(gate: true, means: true),
        ]
    }

    private func epilogue(_ parts: Parts, _ shape: [Int], relu: Bool) -> Epilogue {
        let channels = shape[3]
        var epilogue = Epilogue(
            scale: testTensor("scale", [channels]), shift: testTensor("shift", [channels]), relu: relu)
        if parts.position {
            epilogue.position = (
                testTensor("rows", [shape[1], channels]), testTensor("columns", [shape[2], channels])
            )
        }
        if parts.gate {
            epilogue.residual = testTensor("residual", shape)
            epilogue.gate = testTensor("gate", [shape[0], 1, 1, channels])
        }
        if parts.means { epilogue.means = Tensor(repeating: 7, shape: [shape[0], 1, 1, channels]) }
        return epilogue
    }

    /// y = relu(sum · scale + shift + row + column) + residual · (1 + gate).
    private func finished(_ sums: [Double], _ shape: [Int], _ epilogue: Epilogue) -> [Double] {
        let (pixels, channels) = (shape[1] * shape[2], shape[3])
        let rows = epilogue.position?.rows.array ?? Array(repeating: 0, count: shape[1] * channels)
        let columns = epilogue.position?.columns.array ?? Array(repeating: 0, count: shape[2] * channels)
        let residual = epilogue.residual?.array ?? Array(repeating: 0, count: sums.count)
        let gate = epilogue.gate?.array ?? Array(repeating: 0, count: shape[0] * channels)
        let (scale, shift) = (epilogue.scale?.array ?? [], epilogue.shift?.array ?? [])
        return sums.enumerated().map { index, sum in
            let (pixel, channel) = (index / channels, index % channels)
            let row = rows[pixel % pixels / shape[2] * channels + channel]
            let column = columns[pixel % shape[2] * channels + channel]
            let y = sum * Double(scale[channel]) + Double(shift[channel] + row + column)
            let factor = 1 + Double(gate[pixel / pixels * channels + channel])
            return (epilogue.relu ? max(0, y) : y) + Double(residual[index]) * factor
        }
    }

    private func check(_ result: Tensor, _ sums: [Double], _ epilogue: Epilogue) {
        let (shape, expected) = (result.shape, finished(sums, result.shape, epilogue))
        assertClose(result, expected)
        guard let means = epilogue.means else { return }
        let (pixels, channels) = (shape[1] * shape[2], shape[3])
        let expectedMeans = (0..<means.count).map { entry in
            (0..<pixels).reduce(0.0) {
                $0 + expected[(entry / channels * pixels + $1) * channels + entry % channels]
            } / Double(pixels)
        }
        assertClose(means, expectedMeans)
    }

    // Tiles that go on in the next line, and would in the next image; several pieces an image; 1×1, strided, and a
    // 3×3 that Winograd's algorithm takes with a gate alone. 67 channels are two panels and a part of one.
    @Test(arguments: Parts.all, [(1, 1), (3, 1), (3, 2)])
    func convolution(parts: Parts, window: (kernel: Int, stride: Int)) {
        for (relu, size) in [(false, [2, 41, 37]), (true, [3, 5, 3])] {
            let geometry = ConvolutionGeometry(
                kernel: window.kernel, stride: window.stride, padding: window.kernel / 2)
            let (x, w) = (testTensor("x", size + [16]), testTensor("w", [67, window.kernel, window.kernel, 16]))
            let output = geometry.outputSize(height: size[1], width: size[2])
            let epilogue = epilogue(parts, [size[0], output.height, output.width, 67], relu: relu)
            let sums = referenceConvolution(
                x.array.map(Double.init), x.shape, weight: w.array.map(Double.init), outputs: 67, geometry)
            check(convolve(x, weight: w, geometry, epilogue: epilogue), sums, epilogue)
        }
    }

    // Six channels directly; sixteen, a gate alone, by Winograd's algorithm.
    @Test(arguments: Parts.all, [[2, 9, 21, 6], [3, 19, 39, 16]])
    func transposedConvolution(parts: Parts, size: [Int]) {
        let geometry = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)
        let (x, w) = (testTensor("x", size), testTensor("w", [size[3], 4, 4, 35]))
        let epilogue = epilogue(parts, [size[0], 2 * size[1], 2 * size[2], 35], relu: true)
        let sums = referenceTransposedConvolution(
            x.array.map(Double.init), x.shape, weight: w.array.map(Double.init), outputs: 35, geometry)
        check(convolveTransposed(x, weight: w, geometry, epilogue: epilogue), sums, epilogue)
    }

    @Test func meansDoNotDependOnThreads() {
        let (x, w) = (testTensor("x", [2, 90, 70, 16]), testTensor("w", [40, 1, 1, 16]))
        expectSameBits {
            let means = Tensor(uninitialized: [2, 1, 1, 40])
            var epilogue = Epilogue(relu: true)
            epilogue.means = means
            return [convolve(x, weight: w, ConvolutionGeometry(), epilogue: epilogue), means]
        }
    }
}
