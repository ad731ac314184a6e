import Autodiff
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct CrossEntropyTests {
    @Test(arguments: [(1, 2), (5, 4), (20, 37)]) func valueAndGradient(rows: Int, classes: Int) {
        let targets = (0..<rows).map { $0 * 5 % classes }
        let weights = (0..<classes).map { $0 == classes - 1 ? 0.1 : 1 + 0.25 * Float($0 % 3) }
        checkGradient(inputs: [testTensor("x", [rows, classes], scale: 4)]) {
            crossEntropy($0[0], targets: targets, classWeights: weights)
        } reference: { p in
            var (sum, total) = (0.0, 0.0)
            for (row, target) in targets.enumerated() {
                let logits = p[0][row * classes..<(row + 1) * classes]
                let loss = log(logits.reduce(0) { $0 + exp($1) }) - p[0][row * classes + target]
                sum += Double(weights[target]) * loss
                total += Double(weights[target])
            }
            return [sum / total]
        }
    }

    @Test func hugeLogitsAndNoWeights() {
        let logits = Variable(Tensor([1000, -1000, 0, 0], shape: [2, 2]))
        #expect(crossEntropy(logits, targets: [1, 0], classWeights: [0, 1]).value.array == [2000])
        #expect(crossEntropy(logits, targets: [1, 0], classWeights: [0, 0]).value.array == [0])
    }
}

@Suite struct MaskLossTests {
    private static let shapes = [[1, 1], [3, 7], [2, 150]]

    /// Targets as grid sampling makes them: 0, 1, and a few between.
    private func targets(_ shape: [Int]) -> Tensor {
        Tensor(testTensor("targets", shape, scale: 2).array.map { min(max($0, 0), 1) }, shape: shape)
    }

    @Test(arguments: shapes, [Float(1), 2.5])
    func sigmoidCrossEntropyValueAndGradient(shape: [Int], maskCount: Float) {
        let wanted = targets(shape)
        let t = wanted.array.map(Double.init)
        checkGradient(inputs: [testTensor("x", shape, scale: 8)]) {
            sigmoidCrossEntropy($0[0], targets: wanted, maskCount: maskCount)
        } reference: { p in
            let losses = zip(p[0], t).map { x, t in
                let s = 1 / (1 + exp(-x))
                return -t * log(s) - (1 - t) * log(1 - s)
            }
            return [losses.reduce(0, +) / Double(shape[1]) / Double(maskCount)]
        }
    }

    @Test(arguments: shapes, [Float(1), 2.5]) func diceValueAndGradient(shape: [Int], maskCount: Float) {
        let wanted = targets(shape)
        let t = wanted.array.map(Double.init)
        checkGradient(inputs: [testTensor("x", shape, scale: 8)]) {
            dice($0[0], targets: wanted, maskCount: maskCount)
        } reference: { p in
            let losses = (0..<shape[0]).map { mask in
                var (product, sum) = (0.0, 0.0)
                for index in mask * shape[1]..<(mask + 1) * shape[1] {
                    let s = 1 / (1 + exp(-p[0][index]))
                    product += s * t[index]
                    sum += s + t[index]
                }
                return 1 - (2 * product + 1) / (sum + 1)
            }
            return [losses.reduce(0, +) / Double(maskCount)]
        }
    }

    @Test func extremesStayFinite() {
        let (logits, wanted) = (Tensor([500, -500, 500, -500], shape: [1, 4]), Tensor([1, 0, 0, 1], shape: [1, 4]))
        let gradients = Gradients(count: 1)
        let loss = sigmoidCrossEntropy(gradients.leaf(0, logits), targets: wanted, maskCount: 1)
        backward(loss)
        #expect(loss.value.array == [250])
        #expect(gradients[0].array == [0, 0, 0.25, -0.25])
        // One hit, one miss, one false alarm: 1 − (2 + 1) / (2 + 2 + 1).
        assertClose(dice(Variable(logits), targets: wanted, maskCount: 1).value, [0.4], tolerance: 1e-6)
    }

    @Test func noMasksCostNothing() {
        let none = Tensor(zeros: [0, 12])
        #expect(sigmoidCrossEntropy(Variable(none), targets: none, maskCount: 1).value.array == [0])
        #expect(dice(Variable(none), targets: none, maskCount: 1).value.array == [0])
    }

    @Test func sameBitsForAnyThreadCount() {
        let (logits, wanted) = (testTensor("x", [9, 5000], scale: 8), targets([9, 5000]))
        expectSameBits {
            let gradients = Gradients(count: 1)
            let leaf = gradients.leaf(0, logits)
            let loss = add(
                sigmoidCrossEntropy(leaf, targets: wanted, maskCount: 3), dice(leaf, targets: wanted, maskCount: 3))
            backward(loss)
            return [loss.value, gradients[0]]
        }
    }
}
