import Kernels
import Testing
import pem_bench

@Suite struct KernelWorkTests {
    @Test func countsMultiplyAdds() {
        let geometry = ConvolutionGeometry(kernel: 3, stride: 2, padding: 1)
        #expect(geometry.multiplyAdds(input: [2, 8, 8, 3], outputs: 5) == 2 * 4 * 4 * 9 * 3 * 5)
        let up = ConvolutionGeometry(kernel: 4, stride: 2, padding: 1)
        #expect(up.transposedMultiplyAdds(input: [1, 3, 5, 2], outputs: 7) == 3 * 5 * 16 * 2 * 7)
    }
}
