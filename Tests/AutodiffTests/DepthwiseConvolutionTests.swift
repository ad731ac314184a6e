import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct DepthwiseConvolutionTests {
    @Test(arguments: [
        ([2, 7, 9, 5], ConvolutionGeometry(kernel: 3, padding: 1)),
        ([2, 7, 8, 64], ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
        ([1, 6, 5, 70], ConvolutionGeometry(kernel: 3, padding: 1)),
        ([1, 11, 9, 3], ConvolutionGeometry(kernel: 3, stride: 2, padding: 2, dilation: 2)),
        ([1, 8, 8, 4], ConvolutionGeometry(kernel: 5, padding: 2)),
        ([1, 4, 9, 2], ConvolutionGeometry(kernelHeight: 1, kernelWidth: 4, stride: 3)),
        ([1, 2, 2, 3], ConvolutionGeometry(kernel: 3, padding: 4)),
    ])
    func matchesDefinition(shape: [Int], geometry: ConvolutionGeometry) {
        let weight = testTensor("w", [geometry.kernelHeight, geometry.kernelWidth, shape[3]])
        checkGradient(inputs: [testTensor("x", shape), weight, testTensor("b", [shape[3]])]) {
            depthwiseConvolution($0[0], weight: $0[1], bias: $0[2], geometry)
        } reference: {
            let y = referenceDepthwise($0[0], shape, weight: $0[1], geometry)
            let bias = $0[2]
            return y.enumerated().map { $1 + bias[$0 % bias.count] }
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let geometry = ConvolutionGeometry(kernel: 3, padding: 1)
        let (x, w) = (testTensor("x", [2, 30, 40, 20]), testTensor("w", [3, 3, 20]))
        expectSameBits {
            let y = convolveDepthwise(x, weight: w, geometry)
            return [
                y, depthwiseDataGradient(y, weight: w, geometry, inputShape: x.shape),
                depthwiseWeightGradient(x, dY: y, geometry),
            ]
        }
    }
}
