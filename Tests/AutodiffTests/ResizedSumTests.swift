import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct ResizedSumTests {
    static let shapes = [
        (x: [2, 5, 7, 3], maps: [[2, 3, 4, 3], [2, 2, 2, 3], [2, 1, 1, 3]]),
        (x: [1, 4, 6, 17], maps: [[1, 4, 6, 17], [1, 2, 3, 17]]), (x: [1, 3, 3, 2], maps: [[1, 5, 7, 2]]),
        (x: [1, 2, 2, 4], maps: []),
    ]

    private func reference(_ p: [[Double]], _ shapes: [[Int]]) -> [Double] {
        zip(p, shapes).dropFirst().reduce(p[0]) { sum, map in
            zip(sum, resizeReference(map.0, map.1, height: shapes[0][1], width: shapes[0][2])).map { $0 + $1 }
        }
    }

    @Test(arguments: shapes) func valueAndGradients(x: [Int], maps: [[Int]]) {
        let shapes = [x] + maps
        checkGradient(inputs: shapes.enumerated().map { testTensor("x\($0)", $1) }) {
            resizedSum($0[0], Array($0.dropFirst()))
        } reference: {
            reference($0, shapes)
        }
    }

    /// A tile at a time as at once; the last has more columns than a tile.
    @Test(arguments: shapes + [(x: [1, 2, 190, 400], maps: [[1, 1, 95, 400]])])
    func streamedAsWhole(x shape: [Int], maps: [[Int]]) {
        let (x, inputs) = (testTensor("x", shape), shape[3])
        let (weight, bias) = (testTensor("w", [inputs, inputs]), testTensor("b", [inputs]))
        let (last, values) = (testTensor("last", [5, inputs]), maps.enumerated().map { testTensor("m\($0)", $1) })
        let y = streamedResizedSum(
            x, through: [.linear(weight: weight, bias: bias, relu: true)], adding: values,
            then: [.linear(weight: last, bias: nil)])
        let sum = resizedSum(Variable(linear(x, weight: weight, bias: bias)), values.map { Variable($0) })
        let whole = linear(relu(sum).value, weight: last, bias: nil)
        #expect(y.shape == Array(shape.dropLast()) + [5])
        assertClose(y, whole.array.map(Double.init))
    }

    @Test func sameBitsForAnyThreadCount() {
        let (x, map) = (testTensor("x", [2, 9, 11, 16]), testTensor("map", [2, 5, 6, 16]))
        expectSameBits {
            let gradients = Gradients(count: 2)
            let y = resizedSum(gradients.leaf(0, x), [gradients.leaf(1, map)])
            backward(weightedSum(y, testTensor("dY", y.shape)))
            return [y.value, gradients[0], gradients[1]]
        }
    }
}
