import Autodiff
import Kernels
import Layers
import Tensors
import TestSupport
import Testing

struct PackedWeightsTests {
    /// A pass of evaluation keeps the weights in the kernels' order; it sees every later change of them.
    @Test(arguments: [1, 3]) func evaluationSeesWeightsThatChanged(kernel: Int) {
        let store = ParameterStore(seed: 1)
        var configuration = ConvNormActivation.Configuration(inputs: 16, outputs: 16)
        (configuration.kernel, configuration.norm, configuration.activation) = (kernel, .none, .none)
        let layer = ConvNormActivation(convolution: store.root, norm: store.root, configuration)
        let x = Variable(testTensor("x", [1, 24, 24, 16]))
        func evaluate() -> [Float] { layer(x, .evaluation).value.array }
        let weight = store.parameters[0]
        let first = evaluate()
        #expect(evaluate() == first)
        weight.load(officialValues: weight.officialValues.map { 2 * $0 })
        #expect(evaluate() == first.map { 2 * $0 })
        for index in 0..<weight.value.count { weight.value.data[index] *= 2 }
        weight.forgetPacked()
        #expect(evaluate() == first.map { 4 * $0 })
    }
}
