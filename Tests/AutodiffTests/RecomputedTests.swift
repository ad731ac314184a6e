import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct RecomputedTests {
    /// Gradients of two inputs and of a parameter that the body makes a leaf of itself.
    private func gradients(recomputing: Bool, images: Int?) -> (runs: Int, value: Tensor, gradients: [Tensor]) {
        let found = Gradients(count: 3)
        var runs = 0
        func body(_ inputs: [Variable]) -> Variable {
            runs += 1
            let hidden = gelu(linear(inputs[0], weight: found.leaf(2, testTensor("w", [6, 5])), bias: nil))
            return multiply(hidden, inputs[1])
        }
        let x = Variable(leaf: testTensor("x", [3, 4, 5]), images: images) { _ in }
        let input = add(x, found.leaf(0, testTensor("b", [5])))
        let inputs = [input, found.leaf(1, testTensor("s", [6]))]
        let y = recomputing ? recomputed(inputs) { inputs, _ in body(inputs) } : body(inputs)
        #expect(y.images == images)
        let dY = testTensor("dY", y.shape)
        backward(record(Tensor([0], shape: [1]), inputs: [y]) { _ in [dY] })
        return (runs, y.value, (0..<3).map { found[$0] })
    }

    @Test(arguments: [nil, 3]) func sameBitsAsKept(images: Int?) {
        let (kept, again) = (
            gradients(recomputing: false, images: images), gradients(recomputing: true, images: images)
        )
        #expect(kept.runs == 1 && again.runs == 2)
        #expect(kept.value.array == again.value.array)
        for (a, b) in zip(kept.gradients, again.gradients) {
            #expect(!a.array.isEmpty && a.shape == b.shape)
            #expect(a.array.map(\.bitPattern) == b.array.map(\.bitPattern))
        }
    }

    @Test func constantsAreNotComputedAgain() {
        var runs = 0
        let y = recomputed([Variable(testTensor("x", [2]))]) { inputs, again in
            runs += again ? 100 : 1
            return inputs[0]
        }
        #expect(runs == 1 && !y.needsGradient)
    }
}
