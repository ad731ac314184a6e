import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct StreamedAttentionTests {
    struct Sizes: CustomTestStringConvertible, Sendable {
        let images, queries, keys, channels, heads: Int
        /// Of the inputs: large ones make scores that overflow without the maximum.
        var scale: Float = 1
        var testDescription: String { "\(images)×\(queries)×\(keys)×\(channels), \(heads) heads, \(scale)" }
    }

    static let sizes = [
        Sizes(images: 1, queries: 1, keys: 1, channels: 4, heads: 1),
        Sizes(images: 2, queries: 37, keys: 5, channels: 12, heads: 3),
        Sizes(images: 1, queries: 90, keys: 1100, channels: 64, heads: 2),
        Sizes(images: 1, queries: 30, keys: 33, channels: 32, heads: 1, scale: 40),
    ]

    /// Projections, attention and residual a few rows at a time as one after the other.
    @Test(arguments: sizes) func asWhole(sizes: Sizes) {
        let (channels, shape) = (sizes.channels, [sizes.images, sizes.queries, sizes.channels])
        let x = testTensor("x", shape, scale: sizes.scale)
        let memory = testTensor("kv", [sizes.images, sizes.keys, 2 * channels])
        let (query, queryBias) = (testTensor("q", [channels, channels]), testTensor("qb", [channels]))
        let (output, residual) = (testTensor("o", [7, channels]), testTensor("r", [sizes.images, sizes.queries, 7]))
        let y = streamedAttention(
            x, query: [.linear(weight: query, bias: queryBias)], keyValues: memory, heads: sizes.heads,
            output: [.linear(weight: output, bias: nil)], residual: residual)
        func half(_ first: Int) -> Variable {
            let rows = sizes.images * sizes.keys
            let values = (0..<rows).flatMap { row in
                (0..<channels).map { memory.array[row * 2 * channels + first + $0] }
            }
            return Variable(Tensor(values, shape: [sizes.images, sizes.keys, channels]))
        }
        let mixed = attention(
            Variable(linear(x, weight: query, bias: queryBias)), half(0), half(channels), heads: sizes.heads)
        let whole = add(residual, linear(mixed.value, weight: output, bias: nil))
        #expect(y.shape == residual.shape)
        assertClose(y, whole.array.map(Double.init), tolerance: 1e-5)
    }

    @Test func sameBitsForAnyThreadCount() {
        let (x, memory) = (testTensor("x", [2, 200, 16]), testTensor("kv", [2, 1500, 32]))
        let weight = testTensor("w", [16, 16])
        expectSameBits {
            [
                streamedAttention(
                    x, query: [.linear(weight: weight, bias: nil)], keyValues: memory, heads: 2,
                    output: [.linear(weight: weight, bias: nil)], residual: x)
            ]
        }
    }
}
