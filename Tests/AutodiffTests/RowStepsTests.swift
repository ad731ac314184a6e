import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct RowStepsTests {
    private func values(_ name: String, _ shape: [Int]) -> [Double] { testTensor(name, shape).array.map(Double.init) }

    /// A norm by stored statistics, a linear map, and one with a factor by channel that adds a residual.
    @Test(arguments: [1, 7, 300]) func normsAndFactors(rows: Int) {
        let (inputs, hidden, outputs) = (5, 9, 19)
        func tensor(_ name: String, _ shape: Int...) -> Tensor { testTensor(name, shape) }
        let steps: [RowStep] = [
            .channelNorm(
                ChannelNorm(
                    mean: tensor("mean", inputs), scale: tensor("scale", inputs), shift: tensor("shift", inputs),
                    relu: false)),
            .linear(weight: tensor("w1", hidden, inputs), bias: nil),
            .linear(weight: tensor("w2", outputs, hidden), bias: tensor("b", outputs), scale: tensor("s", outputs)),
        ]
        let y = stream(tensor("x", rows, inputs), through: steps, residual: tensor("r", rows, outputs))
        let (x, residual) = (values("x", [rows, inputs]), values("r", [rows, outputs]))
        let (mean, scale) = (values("mean", [inputs]), values("scale", [inputs]))
        let (shift, w1, w2) = (
            values("shift", [inputs]), values("w1", [hidden, inputs]), values("w2", [outputs, hidden])
        )
        let (b, s) = (values("b", [outputs]), values("s", [outputs]))
        let expected = (0..<rows * outputs).map { index -> Double in
            let (row, o) = (index / outputs, index % outputs)
            var sum = 0.0
            for h in 0..<hidden {
                for i in 0..<inputs {
                    let normed = (x[row * inputs + i] - mean[i]) * scale[i] + shift[i]
                    sum += w2[o * hidden + h] * w1[h * inputs + i] * normed
                }
            }
            return sum * s[o] + b[o] + residual[index]
        }
        assertClose(y, expected)
    }

    /// A depthwise convolution a few pixels at a time is what it is at once, whatever the chunks cut.
    @Test(arguments: [[1, 1, 1, 3], [2, 5, 7, 20], [1, 3, 200, 16], [3, 40, 9, 33], [1, 130, 2, 48]], [1, 2])
    func depthwiseConvolutions(shape: [Int], stride: Int) {
        let channels = shape[3]
        let (x, weight) = (testTensor("x", shape), testTensor("weight", [3, 3, channels]))
        let epilogue = Epilogue(
            scale: testTensor("scale", [channels]), shift: testTensor("shift", [channels]), relu: true)
        let geometry = ConvolutionGeometry(kernel: 3, stride: stride, padding: 1)
        let map = RowStep.linear(weight: testTensor("w", [6, channels]), bias: testTensor("b", [6]))
        let whole = convolveDepthwise(x, weight: weight, geometry, epilogue: epilogue)
        let residual = testTensor("r", whole.shape.dropLast() + [6])
        let rows = DepthwiseRows(x, weight: weight, geometry, epilogue: epilogue)
        let y = stream(rows, through: [map], residual: residual)
        #expect(y.shape == residual.shape)
        assertClose(y, stream(whole, through: [map], residual: residual).array.map(Double.init), tolerance: 1e-6)
        let activated = stream(rows, through: [.gelu, map])
        assertClose(activated, stream(gelu(Variable(whole)).value, through: [map]).array.map(Double.init))
    }
}
