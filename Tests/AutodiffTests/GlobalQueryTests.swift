import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct GlobalQueryTests {
    /// Σ over the tokens of an image of a · q.
    private func reference(_ q: [Double], _ weight: [Double]?, images: Int, channels: Int) -> [Double] {
        let tokens = q.count / images / channels
        return (0..<images).flatMap { image -> [Double] in
            let rows = (0..<tokens).map { token -> ArraySlice<Double> in
                let start = (image * tokens + token) * channels
                return q[start..<start + channels]
            }
            let scores = rows.map { row in weight.map { zip(row, $0).reduce(0) { $0 + $1.0 * $1.1 } } ?? 1 }
            let norm = weight == nil ? 1 : scores.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return (0..<channels).map { c in
                zip(rows, scores).reduce(0) { $0 + $1.0[$1.0.startIndex + c] * $1.1 / norm }
            }
        }
    }

    @Test(arguments: [[1, 1, 1, 1], [1, 1, 1, 5], [2, 3, 5, 7], [3, 4, 1, 16], [1, 5, 7, 35], [2, 1, 9, 220]])
    func valueAndGradients(shape: [Int]) {
        let channels = shape[3]
        checkGradient(inputs: [testTensor("q", shape), testTensor("w", [channels, 1])]) {
            globalQuery($0[0], weight: $0[1])
        } reference: {
            reference($0[0], $0[1], images: shape[0], channels: channels)
        }
    }

    @Test(arguments: [[1, 1, 1, 1], [2, 3, 5, 7], [1, 4, 9, 20]]) func withoutWeights(shape: [Int]) {
        checkGradient(inputs: [testTensor("q", shape)]) {
            globalQuery($0[0], weight: nil)
        } reference: {
            reference($0[0], nil, images: shape[0], channels: shape[3])
        }
    }

    /// Only what is asked for, and several tasks an image.
    @Test func oneGradientAlone() {
        let (q, w) = (testTensor("q", [2, 40, 30, 48]), testTensor("w", [48, 1]))
        func gradients(_ wanted: [Bool]) -> [Tensor] {
            let gradients = Gradients(count: 2)
            let inputs = [q, w].enumerated().map { wanted[$0] ? gradients.leaf($0, $1) : Variable($1) }
            let g = globalQuery(inputs[0], weight: inputs[1])
            assertClose(
                g.value, reference(q.array.map(Double.init), w.array.map(Double.init), images: 2, channels: 48))
            backward(weightedSum(g, testTensor("dG", [2, 1, 1, 48])))
            return [gradients[0], gradients[1]]
        }
        let both = gradients([true, true])
        #expect(gradients([true, false])[0].array == both[0].array)
        #expect(gradients([false, true])[1].array == both[1].array)
    }

    @Test func scoresOfZero() {
        let g = globalQuery(Variable(testTensor("q", [1, 2, 2, 3])), weight: Variable(Tensor(zeros: [3, 1])))
        #expect(g.value.array == [0, 0, 0])
    }

    @Test func sameBitsForAnyThreadCount() {
        let (q, w) = (testTensor("q", [2, 60, 50, 48]), testTensor("w", [48, 1]))
        expectSameBits {
            let gradients = Gradients(count: 2)
            let g = globalQuery(gradients.leaf(0, q), weight: gradients.leaf(1, w))
            backward(weightedSum(g, testTensor("dG", [2, 1, 1, 48])))
            return [g.value, gradients[0], gradients[1]]
        }
    }
}
