import Autodiff
import Tensors
import TestSupport
import Testing

@Suite struct MaskProductTests {
    @Test(arguments: [(1, 3, 5, 4), (2, 3, 520, 6)])
    func products(images: Int, queries: Int, pixels: Int, channels: Int) {
        let (e, f) = (testTensor("e", [images, queries, channels]), testTensor("f", [images, pixels, channels]))
        let (embeddings, features) = (e.array.map(Double.init), f.array.map(Double.init))
        let expected = (0..<images * pixels * queries).map { index in
            let (site, query) = (index / queries, index % queries)
            let row = site / pixels * queries + query
            return (0..<channels).reduce(0) {
                $0 + embeddings[row * channels + $1] * features[site * channels + $1]
            }
        }
        assertClose(maskProduct(maskEmbedding: e, features: f), expected, tolerance: 2e-6)
    }

    // Fewer and more rows than are taken together.
    @Test(arguments: [(1, 3, 5, 4), (2, 70, 6, 5), (2, 3, 130, 6)])
    func gradients(images: Int, queries: Int, pixels: Int, channels: Int) {
        for differentiable in [[true, true], [true, false], [false, true]] {
            checkGradient(
                inputs: [testTensor("e", [images, queries, channels]), testTensor("f", [images, pixels, channels])],
                differentiable: differentiable
            ) {
                maskProduct(maskEmbedding: $0[0], features: $0[1])
            } reference: { x in
                (0..<images * pixels * queries).map { index in
                    let (site, query) = (index / queries, index % queries)
                    let row = site / pixels * queries + query
                    return (0..<channels).reduce(0) {
                        $0 + x[0][row * channels + $1] * x[1][site * channels + $1]
                    }
                }
            }
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let (e, f) = (testTensor("e", [2, 11, 24]), testTensor("f", [2, 3000, 24]))
        expectSameBits {
            let gradients = Gradients(count: 2)
            let y = maskProduct(maskEmbedding: gradients.leaf(0, e), features: gradients.leaf(1, f))
            backward(weightedSum(y, testTensor("w", y.shape)))
            return [maskProduct(maskEmbedding: e, features: f), y.value, gradients[0], gradients[1]]
        }
    }
}
