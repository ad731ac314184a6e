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
