import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct TransposedConvolutionTests {
    @Test(arguments: [
        ([2, 3, 5, 8], 6, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ([1, 4, 7, 33], 40, ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)),
        ([2, 4, 3, 5], 7, ConvolutionGeometry(kernel: 3, padding: 1)),
        ([1, 5, 4, 3], 4, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        // Taps that never meet some of the output pixels, and a dilated kernel.
        ([1, 3, 4, 2], 3, ConvolutionGeometry(kernel: 2, stride: 3)),
        ([1, 5, 5, 2], 3, ConvolutionGeometry(kernel: 3, stride: 2, padding: 2, dilation: 3)),
    ])
    func matchesDefinition(shape: [Int], outputs: Int, geometry: ConvolutionGeometry) {
        let weight = testTensor("w", [shape[3], geometry.kernelHeight, geometry.kernelWidth, outputs])
        checkGradient(inputs: [testTensor("x", shape), weight, testTensor("b", [outputs])]) {
            transposedConvolution($0[0], weight: $0[1], bias: $0[2], geometry)
        } reference: {
            let y = referenceTransposedConvolution($0[0], shape, weight: $0[1], outputs: outputs, geometry)
            let bias = $0[2]
            return y.enumerated().map { $1 + bias[$0 % bias.count] }
        }
    }
}
