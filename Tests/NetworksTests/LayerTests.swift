import Autodiff
import Layers
import Tensors
import TestSupport
import Testing

@Suite struct LayerTests {
    @Test(arguments: [
        (ParameterLayout.convolution, [4, 3, 2, 5]), (.depthwise, [6, 1, 3, 3]), (.transposedConvolution, [3, 4, 4, 2]),
        (.plain, [5, 7]),
    ])
    func layoutsComeBack(layout: ParameterLayout, shape: [Int]) {
        let values = (0..<shape.reduce(1, *)).map(Float.init)
        let tensor = layout.engineTensor(values, officialShape: shape)
        #expect(tensor.shape == layout.engineShape(shape))
        #expect(layout.officialValues(tensor, officialShape: shape) == values)
    }

    @Test func convolutionWeightsAreChannelsLast() {
        // Official [O, I, kh, kw] = [1, 2, 1, 2]: channel 0 holds 0, 1 and channel 1 holds 2, 3.
        let tensor = ParameterLayout.convolution.engineTensor([0, 1, 2, 3], officialShape: [1, 2, 1, 2])
        #expect(tensor.array == [0, 2, 1, 3])
    }

    struct Block: Sendable {
        var kernel: Int
        var stride: Int
        var depthwise = false
        var residual = false
    }

    /// The fused kernel of evaluation and the recorded ops compute the same.
    @Test(arguments: [
        Block(kernel: 1, stride: 1), Block(kernel: 3, stride: 1, residual: true), Block(kernel: 3, stride: 2),
        Block(kernel: 3, stride: 2, depthwise: true), Block(kernel: 7, stride: 2),
    ])
    func fusedBlockEqualsItsParts(block: Block) {
        let store = ParameterStore(seed: 3)
        var sizes = ConvNormActivation.Configuration(inputs: 8, outputs: 8)
        sizes.kernel = block.kernel
        sizes.stride = block.stride
        sizes.depthwise = block.depthwise
        let layer = ConvNormActivation(
            convolution: store.root.child("conv"), norm: store.root.child("bn"), sizes)
        for parameter in store.parameters where parameter.name.hasPrefix("bn") {
            parameter.load(officialValues: testTensor(parameter.name, [8]).array.map { 1 + 0.5 * $0 })
        }
        let x = Variable(testTensor("x", [2, 11, 14, 8]))
        let parts = layer(x, .trainingWithFrozenStatistics)
        let residual = block.residual ? Variable(testTensor("residual", parts.shape)) : nil
        let expected = layer(x, .trainingWithFrozenStatistics, residual: residual).value.array.map(Double.init)
        assertClose(layer(x, .evaluation, residual: residual).value, expected)
    }

    @Test func runningStatisticsFollowTorch() {
        let store = ParameterStore(seed: 3)
        let norm = BatchNorm(store.root, channels: 1, kind: .batch)
        let x = Variable(Tensor([1, 2, 3, 6], shape: [1, 2, 2, 1]))
        _ = norm(x, relu: false, .training)
        // Mean 3, unbiased variance 14/3; momentum 0.1 from 0 and 1.
        let values = store.parameters.suffix(2).map { $0.value.scalar }
        #expect(abs(values[0] - 0.3) < 1e-6 && abs(values[1] - (0.9 + 0.1 * 14 / 3)) < 1e-6)
    }
}
