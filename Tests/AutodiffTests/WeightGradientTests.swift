import Kernels
import Tensors
import TestSupport
import Testing

/// dW of every form against its definition in Double, on every entry.
@Suite struct WeightGradientTests {
    private static let window = ConvolutionGeometry(kernel: 3, padding: 1)

    static let all: [ConvolutionCase] = [
        // F(2×2): even and odd sizes, one line, one panel and several, half a panel at the end, images.
        ConvolutionCase([1, 8, 8, 16], 16, window), ConvolutionCase([2, 7, 9, 32], 48, window),
        ConvolutionCase([3, 1, 33, 48], 16, window), ConvolutionCase([1, 35, 1, 16], 32, window),
        ConvolutionCase([1, 9, 8, 80], 176, window), ConvolutionCase([2, 6, 6, 144], 288, window),
        // Other paddings.
        ConvolutionCase([1, 12, 11, 16], 32, ConvolutionGeometry(kernel: 3)),
        ConvolutionCase([2, 5, 6, 32], 16, ConvolutionGeometry(kernel: 3, padding: 3)),
        // Many slots, ends of chunks; all rows of points in one part.
        ConvolutionCase([2, 31, 45, 16], 32, window), ConvolutionCase([1, 63, 65, 16], 16, window),
        // Too few tiles, channels that fill no vector: direct sums.
        ConvolutionCase([1, 4, 4, 16], 16, window), ConvolutionCase([1, 9, 9, 24], 16, window),
        ConvolutionCase([1, 9, 9, 16], 24, window),
        // 1×1: any channels, either side the wider, strides, several slots and chunks.
        ConvolutionCase([1, 1, 1, 1], 1, ConvolutionGeometry()),
        ConvolutionCase([2, 3, 5, 5], 3, ConvolutionGeometry()),
        ConvolutionCase([1, 7, 9, 33], 70, ConvolutionGeometry()),
        ConvolutionCase([2, 23, 31, 70], 33, ConvolutionGeometry()),
        ConvolutionCase([1, 40, 40, 160], 16, ConvolutionGeometry()),
        ConvolutionCase([1, 20, 20, 16], 330, ConvolutionGeometry()),
        ConvolutionCase([2, 33, 47, 16], 16, ConvolutionGeometry()),
        ConvolutionCase([2, 25, 30, 40], 24, ConvolutionGeometry(stride: 2)),
        ConvolutionCase([1, 26, 31, 8], 40, ConvolutionGeometry(stride: 3)),
        // 1×1 with zeros around, as any other window.
        ConvolutionCase([1, 5, 6, 16], 16, ConvolutionGeometry(padding: 1)),
    ]

    @Test(arguments: all) func matchesDefinition(_ c: ConvolutionCase) {
        let (x, dY) = operands(c)
        let expected = reference(x, dY, c.geometry)
        assertClose(convolutionWeightGradient(x, dY: dY, c.geometry), expected, tolerance: 1e-6)
    }

    @Test func bitsDoNotDependOnThreads() {
        for c in [
            ConvolutionCase([2, 41, 50, 32], 48, Self.window), ConvolutionCase([2, 16, 18, 144], 160, Self.window),
            ConvolutionCase([2, 40, 50, 24], 40, ConvolutionGeometry()),
            ConvolutionCase([1, 20, 50, 320], 72, ConvolutionGeometry()),
        ] {
            let (x, dY) = operands(c)
            expectSameBits { [convolutionWeightGradient(x, dY: dY, c.geometry)] }
        }
    }

    private func operands(_ c: ConvolutionCase) -> (x: Tensor, dY: Tensor) {
        let size = c.geometry.outputSize(height: c.input[1], width: c.input[2])
        return (testTensor("x", c.input), testTensor("dY", [c.input[0], size.height, size.width, c.outputs]))
    }

    private func reference(_ x: Tensor, _ dY: Tensor, _ geometry: ConvolutionGeometry) -> [Double] {
        let (inputs, outputs) = (x.channels, dY.channels)
        var dW = [Double](repeating: 0, count: outputs * geometry.taps * inputs)
        for pixel in 0..<dY.rows {
            let (line, column) = pixel.quotientAndRemainder(dividingBy: dY.shape[2])
            let (image, row) = line.quotientAndRemainder(dividingBy: dY.shape[1])
            for tap in 0..<geometry.taps {
                let y = row * geometry.stride - geometry.padding + tap / geometry.kernelWidth * geometry.dilation
                let at = column * geometry.stride - geometry.padding + tap % geometry.kernelWidth * geometry.dilation
                guard (0..<x.shape[1]).contains(y), (0..<x.shape[2]).contains(at) else { continue }
                let source = x.data + ((image * x.shape[1] + y) * x.shape[2] + at) * inputs
                for o in 0..<outputs {
                    let g = Double(dY.data[pixel * outputs + o])
                    for c in 0..<inputs { dW[(o * geometry.taps + tap) * inputs + c] += g * Double(source[c]) }
                }
            }
        }
        withExtendedLifetime((x, dY)) {}
        return dW
    }
}
