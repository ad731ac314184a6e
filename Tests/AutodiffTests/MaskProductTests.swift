import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct MaskProductTests {
    @Test(arguments: [(1, 3, 5, 4), (2, 3, 520, 6)])
    func valueAndGradient(images: Int, queries: Int, pixels: Int, channels: Int) {
        let inputs = [
            testTensor("e", [images, queries, channels]), testTensor("f", [images, pixels, channels]),
        ]
        // Sums of up to 520 products of float32: observed 2e-6 of the largest gradient.
        checkGradient(
            inputs: inputs, valueTolerance: 2e-6, tolerance: 1e-5, samples: 5,
            operation: { maskProduct(maskEmbedding: $0[0], features: $0[1]) },
            reference: { inputs in
                (0..<images * pixels * queries).map { index in
                    let (site, query) = (index / queries, index % queries)
                    let row = site / pixels * queries + query
                    return (0..<channels).reduce(0) {
                        $0 + inputs[0][row * channels + $1] * inputs[1][site * channels + $1]
                    }
                }
            })
    }

    @Test func gradientsAreMadeOnlyWhereWanted() {
        var received: Tensor?
        let features = Variable(leaf: testTensor("f", [1, 6, 4])) { received = $0 }
        let y = maskProduct(maskEmbedding: Variable(testTensor("e", [1, 2, 4])), features: features)
        backward(weightedSum(y, testTensor("w", y.shape)))
        #expect(received?.shape == [1, 6, 4])
    }

    @Test func bitsDoNotDependOnThreads() {
        let (e, f) = (testTensor("e", [2, 11, 24]), testTensor("f", [2, 3000, 24]))
        expectSameBits {
            var gradients: [Tensor] = []
            let y = maskProduct(
                maskEmbedding: Variable(leaf: e) { gradients.append($0) },
                features: Variable(leaf: f) { gradients.append($0) })
            backward(weightedSum(y, testTensor("w", y.shape)))
            return [y.value] + gradients
        }
    }
}
