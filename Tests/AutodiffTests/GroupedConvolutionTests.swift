import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct GroupedConvolutionTests {
    @Test(arguments: [
        ([2, 5, 6, 8], 12, 4, ConvolutionGeometry(kernel: 3, padding: 1)),
        ([1, 4, 4, 6], 4, 2, ConvolutionGeometry(kernel: 1)),
        ([1, 7, 5, 3], 3, 1, ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)),
    ])
    func valueAndGradient(shape: [Int], outputs: Int, groups: Int, geometry: ConvolutionGeometry) {
        let kernel = geometry.kernelHeight
        let weight = testTensor("weight", [outputs, kernel, kernel, shape[3] / groups])
        checkGradient(inputs: [testTensor("x", shape), weight]) {
            groupedConvolution($0[0], weight: $0[1], groups: groups, geometry)
        } reference: {
            referenceConvolution($0[0], shape, weight: $0[1], outputs: outputs, geometry, groups: groups)
        }
    }
}
