import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct DropoutTests {
    private let shape = [3, 101, 200]

    @Test(arguments: [0.1, 0.5]) func dropsAndScales(probability: Double) {
        let x = Tensor(repeating: 2, shape: shape)
        let gradients = Gradients(count: 1)
        let y = dropout(gradients.leaf(0, x), DropoutMask(probability: probability, keys: [1, 2, 1]))
        let kept = y.value.array.filter { $0 != 0 }
        #expect(kept.allSatisfy { abs($0 - Float(2 / (1 - probability))) < 1e-6 })
        // Four standard deviations.
        let deviation = (probability * (1 - probability) / Double(x.count)).squareRoot()
        #expect(abs(Double(kept.count) / Double(x.count) - (1 - probability)) < 4 * deviation)
        backward(weightedSum(y, x))
        #expect(gradients[0].array == y.value.array)
        // An image's mask follows from its key alone.
        let images = (0..<3).map { y.value.item($0).array }
        #expect(images[0] == images[2] && images[0] != images[1])
    }

    @Test func sameBitsForAnyThreadCount() {
        let x = Variable(testTensor("x", shape))
        expectSameBits { [dropout(x, DropoutMask(probability: 0.3, keys: [4, 5, 6])).value] }
    }
}
