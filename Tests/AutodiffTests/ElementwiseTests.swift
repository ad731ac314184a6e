import Autodiff
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ElementwiseTests {
    private static let shapes = [[1], [7], [2, 3, 5], [2, 3, 4, 17]]

    @Test(arguments: shapes) func reluValueAndGradient(shape: [Int]) {
        checkGradient(inputs: [testTensor("x", shape)]) {
            relu($0[0])
        } reference: {
            $0[0].map { max($0, 0) }
        }
    }

    @Test func reluKeepsNaN() {
        let y = relu(Variable(Tensor([-1, .nan, 2, -0.0], shape: [4]))).value.array
        #expect(y[0] == 0 && y[1].isNaN && y[2] == 2 && y[3] == 0)
    }

    @Test(arguments: shapes) func geluValueAndGradient(shape: [Int]) {
        checkGradient(inputs: [testTensor("x", shape, scale: 5)]) {
            gelu($0[0])
        } reference: {
            $0[0].map { 0.5 * $0 * (1 + erf($0 / 2.0.squareRoot())) }
        }
    }

    @Test func geluOfExtremes() {
        let y = gelu(Variable(Tensor([-40, -6, 0, 40, .nan], shape: [5]))).value.array
        #expect(y[0] == 0 && y[2] == 0 && y[3] == 40 && y[4].isNaN)
        // Not drowned by 1: −6 · Φ(−6), where the rounding of the argument counts 36 times.
        #expect(abs(Double(y[1]) / (-3 * erfc(6 / 2.0.squareRoot())) - 1) < 5e-6)
    }

    @Test(arguments: shapes) func sigmoidValueAndGradient(shape: [Int]) {
        checkGradient(inputs: [testTensor("x", shape, scale: 6)]) {
            sigmoid($0[0])
        } reference: {
            $0[0].map { 1 / (1 + exp(-$0)) }
        }
    }

    @Test func sigmoidOfExtremes() {
        let y = sigmoid(Variable(Tensor([-.infinity, -200, 0, 200, .infinity, .nan], shape: [6]))).value.array
        #expect(y[0...4] == [0, 0, 0.5, 1, 1] && y[5].isNaN)
    }

    @Test(arguments: [[2, 3, 5, 17], [2, 1, 1, 17]]) func modulateValueAndGradients(above: [Int]) {
        let inputs = [testTensor("x", [2, 3, 5, 17]), testTensor("gate", [2, 1, 1, 17]), testTensor("above", above)]
        let pixels = 15, channels = 17
        checkGradient(inputs: inputs) {
            modulate($0[0], gate: $0[1], above: $0[2])
        } reference: { values in
            values[0].indices.map { index in
                let small = index / (pixels * channels) * channels + index % channels
                let repeated = values[2].count < values[0].count
                return values[0][index] * (1 + values[1][small]) + values[2][repeated ? small : index]
            }
        }
    }

    @Test func reshapeKeepsOrder() {
        checkGradient(inputs: [testTensor("x", [2, 3, 4])]) {
            reshape($0[0], [6, 4])
        } reference: {
            $0[0]
        }
        #expect(reshape(Variable(Tensor(zeros: [2, 3, 4])), [4, 6]).shape == [4, 6])
    }

    /// The vector exponential against the library's, over the whole range of results: of positive numbers as
    /// 1 / (1 + eˣ), of negative ones as the softmax of (0, x).
    @Test func exponentialIsAccurate() {
        let x = stride(from: Float(0), to: 87.3, by: 0.0371).map { $0 }
        let sigmoids = sigmoid(Variable(Tensor(x.map { -$0 }, shape: [x.count]))).value.array
        let shares = softmax(Tensor(x.flatMap { [0, -$0] }, shape: [x.count, 2])).array
        for (index, x) in x.enumerated() {
            let (sigmoid, share) = (1 / (1 + exp(Double(x))), 1 / (1 + exp(Double(x))))
            // Observed: 1.6e-7.
            #expect(abs(Double(sigmoids[index]) / sigmoid - 1) < 3e-7, "exp(\(x)) by the sigmoid")
            #expect(abs(Double(shares[2 * index + 1]) / share - 1) < 3e-7, "exp(-\(x)) by the softmax")
        }
    }
}

@Suite struct BroadcastTests {
    private static let shapes: [([Int], [Int])] = [
        ([6], [6]), ([2, 3, 4], [2, 3, 4]), ([2, 5, 3], [3]), ([2, 3, 4, 5], [3, 4, 5]), ([3, 4, 6], [4, 6]),
        ([2, 3, 5, 4], [2, 1, 1, 4]), ([1, 3, 5, 4], [1, 1, 1, 4]), ([40, 9, 3], [3]),
    ]

    private func repeated(_ b: [Double], _ shape: [Int], along large: [Int]) -> [Double] {
        let count = large.reduce(1, *)
        if shape.count == 4, shape[1] == 1 {
            let image = large[1] * large[2] * large[3]
            return (0..<count).map { b[$0 / image * large[3] + $0 % large[3]] }
        }
        return (0..<count).map { b[$0 % b.count] }
    }

    @Test(arguments: shapes) func addRepeatsTheSmaller(large: [Int], small: [Int]) {
        checkGradient(inputs: [testTensor("a", large), testTensor("b", small)]) {
            add($0[0], $0[1])
        } reference: {
            zip($0[0], repeated($0[1], small, along: large)).map { $0 + $1 }
        }
    }

    @Test(arguments: shapes) func multiplyRepeatsTheSmaller(large: [Int], small: [Int]) {
        checkGradient(inputs: [testTensor("a", large), testTensor("b", small)]) {
            multiply($0[0], $0[1])
        } reference: {
            zip($0[0], repeated($0[1], small, along: large)).map { $0 * $1 }
        }
    }

    @Test func aVariableMeetsItself() {
        let a = testTensor("a", [3, 4])
        checkGradient(inputs: [a]) {
            multiply($0[0], $0[0])
        } reference: {
            $0[0].map { $0 * $0 }
        }
        checkGradient(inputs: [a]) {
            add($0[0], $0[0])
        } reference: {
            $0[0].map { $0 + $0 }
        }
    }

    /// Rows of many chunks: gradients against the sums in Double.
    @Test(arguments: [([2, 90, 110, 24], [24]), ([2, 90, 110, 24], [2, 1, 1, 24]), ([3, 40_001], [40_001])])
    func longSums(large: [Int], small: [Int]) {
        let (a, b, weights) = (testTensor("a", large), testTensor("b", small), testTensor("w", large))
        let gradients = Gradients(count: 2)
        backward(weightedSum(multiply(gradients.leaf(0, a), gradients.leaf(1, b)), weights))
        var expected = [Double](repeating: 0, count: b.count)
        let places = repeated((0..<b.count).map(Double.init), small, along: large)
        let (left, right) = (a.array, weights.array)
        for (index, place) in places.enumerated() {
            expected[Int(place)] += Double(left[index]) * Double(right[index])
        }
        assertClose(gradients[1], expected, tolerance: 1e-6)
        let values = b.array
        assertClose(gradients[0], zip(weights.array, places).map { Double($0) * Double(values[Int($1)]) })
    }

    @Test func sameBitsForAnyThreadCount() {
        let (a, b) = (testTensor("a", [2, 90, 110, 24]), testTensor("b", [2, 1, 1, 24]))
        expectSameBits {
            let gradients = Gradients(count: 2)
            let (x, y) = (gradients.leaf(0, a), gradients.leaf(1, b))
            let result = sigmoid(relu(add(multiply(x, y), y)))
            backward(weightedSum(result, a))
            return [result.value, gradients[0], gradients[1]]
        }
    }
}
