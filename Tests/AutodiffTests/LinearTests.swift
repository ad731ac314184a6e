import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct LinearTests {
    private func reference(_ x: [Double], _ weight: [Double], _ bias: [Double]?, inputs: Int) -> [Double] {
        let outputs = weight.count / inputs
        return (0..<x.count / inputs * outputs).map { index in
            let (row, output) = (index / outputs, index % outputs)
            var sum = bias?[output] ?? 0
            for input in 0..<inputs { sum += x[row * inputs + input] * weight[output * inputs + input] }
            return sum
        }
    }

    @Test(arguments: [([1, 1], 1), ([3, 5], 4), ([2, 7, 9], 6), ([2, 3, 4, 8], 19)], [true, false])
    func valueAndGradients(_ sizes: ([Int], Int), hasBias: Bool) {
        let (shape, outputs) = sizes
        let inputs = shape[shape.count - 1]
        var tensors = [testTensor("x", shape), testTensor("weight", [outputs, inputs])]
        if hasBias { tensors.append(testTensor("bias", [outputs])) }
        checkGradient(inputs: tensors) {
            linear($0[0], weight: $0[1], bias: hasBias ? $0[2] : nil)
        } reference: {
            reference($0[0], $0[1], hasBias ? $0[2] : nil, inputs: inputs)
        }
    }

    @Test func shapeKeepsLeadingAxes() {
        let y = linear(Tensor(zeros: [2, 3, 4, 8]), weight: Tensor(zeros: [5, 8]), bias: nil)
        #expect(y.shape == [2, 3, 4, 5])
    }

    /// More rows than a tile and than a part of the weight gradient, more columns than a tile.
    @Test func manyTiles() {
        let (rows, inputs, outputs) = (4999, 20, 150)
        let (x, weight) = (testTensor("x", [rows, inputs]), testTensor("weight", [outputs, inputs]))
        let (bias, dY) = (testTensor("bias", [outputs]), testTensor("dY", [rows, outputs]))
        let gradients = Gradients(count: 3)
        let y = linear(gradients.leaf(0, x), weight: gradients.leaf(1, weight), bias: gradients.leaf(2, bias))
        backward(weightedSum(y, dY))
        let (a, w, g) = (x.array.map(Double.init), weight.array.map(Double.init), dY.array.map(Double.init))
        assertClose(y.value, reference(a, w, bias.array.map(Double.init), inputs: inputs))
        var (dX, dW) = ([Double](repeating: 0, count: a.count), [Double](repeating: 0, count: w.count))
        var dBias = [Double](repeating: 0, count: outputs)
        for row in 0..<rows {
            for output in 0..<outputs {
                let gradient = g[row * outputs + output]
                dBias[output] += gradient
                for input in 0..<inputs {
                    dX[row * inputs + input] += gradient * w[output * inputs + input]
                    dW[output * inputs + input] += gradient * a[row * inputs + input]
                }
            }
        }
        assertClose(gradients[0], dX, "dX")
        assertClose(gradients[1], dW, "dW")
        assertClose(gradients[2], dBias, "dBias")
    }

    @Test func sameBitsForAnyThreadCount() {
        let (x, weight) = (testTensor("x", [2, 2600, 20]), testTensor("weight", [150, 20]))
        let (bias, dY) = (testTensor("bias", [150]), testTensor("dY", [2, 2600, 150]))
        expectSameBits {
            let gradients = Gradients(count: 3)
            let y = linear(gradients.leaf(0, x), weight: gradients.leaf(1, weight), bias: gradients.leaf(2, bias))
            backward(weightedSum(y, dY))
            return [y.value, gradients[0], gradients[1], gradients[2]]
        }
    }
}
