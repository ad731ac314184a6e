import Autodiff
import Kernels
import MaskClassifiers
import Tensors
import TestSupport
import Testing

@Suite struct PrototypeKeysTests {
    /// One operation after the other, as pem_transformer_decoder.py has them.
    private struct Layers {
        let memory: Tensor
        let scale, shift, weight, bias, projection, projectionBias: Tensor

        init(_ shape: [Int]) {
            let channels = shape[3]
            memory = testTensor("memory", shape)
            (scale, shift) = (testTensor("scale", [channels]), testTensor("shift", [channels], scale: 3))
            (weight, bias) = (testTensor("weight", [3, 3, channels]), testTensor("bias", [channels]))
            projection = testTensor("projection", [channels, channels])
            projectionBias = testTensor("projectionBias", [channels])
        }

        var fused: PrototypeKeys {
            PrototypeKeys(
                memory: memory, norm: (scale, shift), depthwise: (weight, bias),
                projection: (projection, projectionBias), epsilon: 1e-12)
        }

        var separate: Variable {
            let normed = channelAffine(
                Variable(memory), scale: Variable(scale), shift: Variable(shift), relu: false)
            let local = depthwiseConvolution(
                normed, weight: Variable(weight), bias: Variable(bias),
                ConvolutionGeometry(kernel: 3, stride: 1, padding: 1))
            let shape = memory.shape
            let keys = linear(
                reshape(local, [shape[0], shape[1] * shape[2], shape[3]]), weight: Variable(projection),
                bias: Variable(projectionBias))
            return l2Normalize(keys, axis: 2, epsilon: 1e-12)
        }
    }

    // Edges: one row, one column, one pixel; lines that fill several tiles, or part of one; 37 queries fill vectors
    // that overlap.
    @Test(arguments: [[2, 9, 40, 32], [1, 1, 7, 32], [1, 6, 1, 32], [1, 1, 1, 32], [1, 2, 300, 32]], [3, 37])
    func agreesWithTheSeparateOperations(shape: [Int], queries: Int) {
        let layers = Layers(shape)
        let pixels = shape[1] * shape[2]
        let query = l2Normalize(
            Variable(testTensor("query", [shape[0], queries, shape[3]])), axis: 2, epsilon: 1e-12
        ).value
        let logits = testTensor("logits", [shape[0], pixels, queries])
        for mask in [logits, nil] {
            let expected = selectPrototypes(
                memory: layers.separate, query: query, maskLogits: mask, heads: 4)
            let result = selectPrototypes(keys: layers.fused, query: query, maskLogits: mask, heads: 4)
            // Values up to 1; the folded norm sums in another order.
            assertClose(result, expected.value.array.map(Double.init), tolerance: 3e-6)
        }
    }

    @Test func bitsDoNotDependOnThreads() {
        let layers = Layers([1, 40, 60, 32])
        let query = testTensor("query", [1, 9, 32])
        expectSameBits { [selectPrototypes(keys: layers.fused, query: query, maskLogits: nil, heads: 8)] }
    }
}
