import Autodiff
import Foundation
import Tensors
import TestSupport
import Testing

private func softmaxReference(_ x: [Double]) -> [Double] {
    let largest = x.max() ?? 0
    let exponentials = x.map { exp($0 - largest) }
    let sum = exponentials.reduce(0, +)
    return exponentials.map { $0 / sum }
}

@Suite struct SoftmaxTests {
    // More and fewer rows than are taken together, narrow and wide.
    @Test(arguments: [[1], [3, 4], [21, 12], [37, 1], [2, 3, 37], [18, 17]]) func values(shape: [Int]) {
        let (width, x) = (shape[shape.count - 1], testTensor("x", shape, scale: 5))
        let exact = x.array.map(Double.init)
        let expected = stride(from: 0, to: x.count, by: width).flatMap {
            softmaxReference(Array(exact[$0..<$0 + width]))
        }
        assertClose(softmax(x), expected)
    }

    @Test(arguments: [[1, 1], [21, 12], [2, 3, 37]]) func gradients(shape: [Int]) {
        let width = shape[shape.count - 1]
        checkGradient(inputs: [testTensor("x", shape, scale: 3)]) {
            softmax($0[0])
        } reference: { p in
            stride(from: 0, to: p[0].count, by: width).flatMap { softmaxReference(Array(p[0][$0..<$0 + width])) }
        }
    }

    @Test func largeLogitsStayFinite() {
        let y = softmax(Tensor([1000, 0, -1000, -.infinity], shape: [4])).array
        #expect(y == [1, 0, 0, 0])
        let rows = Tensor((0..<17).flatMap { _ -> [Float] in [1000, 0, -1000, -.infinity] }, shape: [17, 4])
        #expect(softmax(rows).array == (0..<17).flatMap { _ -> [Float] in [1, 0, 0, 0] })
        #expect(softmax(Tensor(repeating: -1000, shape: [17, 4])).array.allSatisfy { $0 == 0.25 })
    }
}

@Suite struct AttentionTests {
    private struct Sizes: CustomTestStringConvertible {
        var (batch, queries, keys, channels, heads) = (1, 1, 1, 1, 1)
        var testDescription: String { "\(batch)×\(queries)×\(keys)×\(channels), \(heads) heads" }
    }

    private static let sizes = [
        Sizes(), Sizes(batch: 2, queries: 3, keys: 5, channels: 8, heads: 2),
        Sizes(batch: 1, queries: 7, keys: 4, channels: 12, heads: 4),
    ]

    /// `p[3]`, where there is one, is a bias of shape `bias`; `factors` are those of a dropout.
    private func reference(
        _ p: [[Double]], _ s: Sizes, bias: [Int] = [], factors: [Double]? = nil
    ) -> [Double] {
        let depth = s.channels / s.heads
        var y = [Double](repeating: 0, count: p[0].count)
        for image in 0..<s.batch {
            for head in 0..<s.heads {
                for query in 0..<s.queries {
                    let atQuery = (image * s.queries + query) * s.channels + head * depth
                    let atKeys = (0..<s.keys).map { (image * s.keys + $0) * s.channels + head * depth }
                    let weights = softmaxReference(
                        atKeys.enumerated().map { key, atKey in
                            let score =
                                (0..<depth).reduce(0) { $0 + p[0][atQuery + $1] * p[1][atKey + $1] }
                                / Double(depth).squareRoot()
                            guard !bias.isEmpty else { return score }
                            let plane = (bias[0] == 1 ? 0 : image) * bias[1] + (bias[1] == 1 ? 0 : head)
                            return score + p[3][(plane * s.queries + query) * s.keys + key]
                        })
                    let row = ((image * s.heads + head) * s.queries + query) * s.keys
                    for (key, atKey) in atKeys.enumerated() {
                        let weight = weights[key] * (factors?[row + key] ?? 1)
                        for channel in 0..<depth { y[atQuery + channel] += weight * p[2][atKey + channel] }
                    }
                }
            }
        }
        return y
    }

    @Test(arguments: sizes) private func valueAndGradients(sizes: Sizes) {
        let keyShape = [sizes.batch, sizes.keys, sizes.channels]
        let inputs = [
            testTensor("q", [sizes.batch, sizes.queries, sizes.channels], scale: 2),
            testTensor("k", keyShape, scale: 2), testTensor("v", keyShape),
        ]
        for differentiable in [
            [true, true, true], [true, false, false], [false, true, false], [false, false, true],
        ] {
            checkGradient(inputs: inputs, differentiable: differentiable) {
                attention($0[0], $0[1], $0[2], heads: sizes.heads)
            } reference: {
                reference($0, sizes)
            }
        }
    }

    /// A bias of each image and head, of each image, of each head, or of all.
    @Test(arguments: [[2, 2], [2, 1], [1, 2], [1, 1]]) func biasAndItsGradient(shared: [Int]) {
        let sizes = Self.sizes[1]
        let inputs = [
            testTensor("q", [2, 3, 8], scale: 2), testTensor("k", [2, 5, 8], scale: 2), testTensor("v", [2, 5, 8]),
            testTensor("bias", shared + [3, 5], scale: 2),
        ]
        for differentiable in [[true, true, true, true], [false, false, false, true]] {
            checkGradient(inputs: inputs, differentiable: differentiable) {
                attention($0[0], $0[1], $0[2], heads: 2, bias: $0[3])
            } reference: {
                reference($0, sizes, bias: shared)
            }
        }
    }

    /// Factors on the probabilities, 0 among them.
    @Test func dropoutAndItsGradient() {
        let sizes = Self.sizes[1]
        let inputs = [
            testTensor("q", [2, 3, 8], scale: 2), testTensor("k", [2, 5, 8], scale: 2), testTensor("v", [2, 5, 8]),
        ]
        let mask = DropoutMask(probability: 0.4, keys: [1, 2])
        let factors = dropout(Variable(Tensor(repeating: 1, shape: [2, 2, 3, 5])), mask).value
        #expect(Set(factors.array).count == 2)
        for differentiable in [[true, true, true], [true, false, false], [false, false, true]] {
            checkGradient(inputs: inputs, differentiable: differentiable) {
                attention($0[0], $0[1], $0[2], heads: 2, dropout: mask)
            } reference: {
                reference($0, sizes, factors: factors.array.map(Double.init))
            }
        }
    }

    /// More queries than come together.
    @Test func blocksOfQueries() {
        let sizes = Sizes(batch: 1, queries: 1100, keys: 60, channels: 4, heads: 2)
        let inputs = [
            testTensor("q", [1, 1100, 4], scale: 2), testTensor("k", [1, 60, 4], scale: 2),
            testTensor("v", [1, 60, 4]),
        ]
        let mask = DropoutMask(probability: 0.3, keys: [1])
        let factors = dropout(Variable(Tensor(repeating: 1, shape: [1, 2, 1100, 60])), mask).value
        checkGradient(inputs: inputs, samples: 4) {
            attention($0[0], $0[1], $0[2], heads: 2, dropout: mask)
        } reference: {
            reference($0, sizes, factors: factors.array.map(Double.init))
        }
    }

    /// Attention to some positions is attention to a memory of these alone.
    @Test func maskedPositionsAreNotSeen() {
        let (q, k, v) = (testTensor("q", [1, 3, 8]), testTensor("k", [1, 6, 8]), testTensor("v", [1, 6, 8]))
        let mask = (0..<18).map { $0 % 6 < 4 ? Float(0) : -.infinity }
        let masked = attention(
            Variable(q), Variable(k), Variable(v), heads: 2, bias: Variable(Tensor(mask, shape: [1, 1, 3, 6])))
        func first(_ x: Tensor) -> Variable { Variable(x.reshaped([6, 8]).items(0..<4).reshaped([1, 4, 8])) }
        let expected = attention(Variable(q), first(k), first(v), heads: 2)
        assertClose(masked.value, expected.value.array.map(Double.init), tolerance: 1e-6)
    }

    @Test func sameBitsForAnyThreadCount() {
        let (q, k) = (testTensor("q", [2, 60, 64]), testTensor("k", [2, 90, 64]))
        expectSameBits {
            let gradients = Gradients(count: 4)
            let y = attention(
                gradients.leaf(0, q), gradients.leaf(1, k), gradients.leaf(2, k), heads: 8,
                bias: gradients.leaf(3, testTensor("bias", [1, 8, 60, 90])))
            backward(weightedSum(y, q))
            return [y.value, gradients[0], gradients[1], gradients[2], gradients[3]]
        }
    }
}
