import Autodiff
import Layers
import MaskClassifiers
import Tensors
import TestSupport
import Testing

@Suite struct PrototypeKeysTests {
    /// One operation after the other, as pem_transformer_decoder.py has them.
    private struct Layers {
        let memory: Tensor
        let norm: BatchNorm
        let weight, bias, projection, projectionBias: Tensor

        init(_ shape: [Int]) {
            let channels = shape[3]
            memory = testTensor("memory", shape)
            let store = ParameterStore(seed: 1)
            norm = BatchNorm(store.root, channels: channels, kind: .batch)
            for (parameter, size) in zip(store.parameters, [Float(1), 3, 1]) {
                parameter.load(officialValues: testTensor(parameter.name, [channels], scale: size).array)
            }
            (weight, bias) = (testTensor("weight", [3, 3, channels]), testTensor("bias", [channels]))
            projection = testTensor("projection", [channels, channels])
            projectionBias = testTensor("projectionBias", [channels])
        }

        /// In evaluation they are made tile by tile, in a recorded pass one operation after the other.
        func keys(_ context: ForwardContext) -> PrototypeKeys {
            PrototypeKeys(
                Variable(memory), norm: norm, depthwise: (Variable(weight), Variable(bias)),
                projection: (Variable(projection), Variable(projectionBias)), context)
        }
    }

    // Edges: one row, one column, one pixel; lines that fill several tiles, or part of one; 37 queries fill vectors
    // that overlap, 100 two groups of them. Heads fill panels of the projection or part of one.
    @Test(
        arguments: [
            [2, 9, 40, 32], [1, 1, 7, 32], [1, 6, 1, 32], [1, 1, 1, 32], [1, 2, 300, 32], [1, 5, 50, 128],
        ], [3, 37, 100])
    func agreesWithTheSeparateOperations(shape: [Int], queries: Int) {
        let layers = Layers(shape)
        let pixels = shape[1] * shape[2]
        let query = l2Normalize(
            Variable(testTensor("query", [shape[0], queries, shape[3]])), axis: 2, epsilon: 1e-12
        ).value
        let logits = testTensor("logits", [shape[0], pixels, queries])
        for mask in [logits, nil] {
            let expected = layers.keys(.trainingWithFrozenStatistics)
                .mostSimilar(to: query, maskLogits: mask, heads: 4)
            let result = layers.keys(.evaluation).mostSimilar(to: query, maskLogits: mask, heads: 4)
            // Values up to 1; the folded norm sums in another order.
            assertClose(result.value, expected.value.array.map(Double.init), tolerance: 3e-6)
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let layers = Layers([1, 40, 60, 32])
        let query = testTensor("query", [1, 9, 32])
        expectSameBits { [layers.keys(.evaluation).mostSimilar(to: query, maskLogits: nil, heads: 8).value] }
    }
}
