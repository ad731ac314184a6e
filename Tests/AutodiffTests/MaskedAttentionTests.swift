import Autodiff
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct MaskedAttentionTests {
    struct Sizes: CustomTestStringConvertible, Sendable {
        var batch = 1
        var queries = 1
        var pixels = 1
        var channels = 1
        var heads = 1
        var isMasked = true
        var testDescription: String { "\(batch)×\(queries)×\(pixels)×\(channels), \(heads) heads, \(isMasked)" }
    }

    /// Widths of heads below, at and above a vector's; pixels below, at and above a tile's, and not a multiple of it.
    static let sizes = [
        Sizes(), Sizes(isMasked: false), Sizes(batch: 2, queries: 3, pixels: 5, channels: 8, heads: 2),
        Sizes(batch: 2, queries: 18, pixels: 131, channels: 12, heads: 4),
        Sizes(batch: 1, queries: 33, pixels: 250, channels: 40, heads: 2),
        Sizes(batch: 1, queries: 5, pixels: 120, channels: 32, heads: 1, isMasked: false),
    ]

    /// Query 1 excludes everything, query 2 all but the last pixel.
    private static func maskLogits(_ s: Sizes) -> Tensor? {
        guard s.isMasked else { return nil }
        let logits = testTensor("logits", [s.batch, s.pixels, s.queries])
        for row in 0..<s.batch * s.pixels {
            if s.queries > 1 { logits.data[row * s.queries + 1] = -1 }
            if s.queries > 2 { logits.data[row * s.queries + 2] = row % s.pixels == s.pixels - 1 ? 0 : -1 }
        }
        return logits
    }

    /// The pixels that a query attends to.
    private static func allowed(_ logits: Tensor?, _ s: Sizes, image: Int, query: Int) -> [Int] {
        let all = Array(0..<s.pixels)
        guard let logits else { return all }
        let inside = all.filter { logits.data[(image * s.pixels + $0) * s.queries + query] >= 0 }
        return inside.isEmpty ? all : inside
    }

    /// Queries, keys and values.
    private static func attention(_ p: [[Double]], _ s: Sizes, _ logits: Tensor?) -> [Double] {
        let depth = s.channels / s.heads
        var y = [Double](repeating: 0, count: p[0].count)
        for image in 0..<s.batch {
            for query in 0..<s.queries {
                let pixels = allowed(logits, s, image: image, query: query)
                for head in 0..<s.heads {
                    let atQuery = (image * s.queries + query) * s.channels + head * depth
                    let atKeys = pixels.map { (image * s.pixels + $0) * s.channels + head * depth }
                    let scores = atKeys.map { atKey in
                        (0..<depth).reduce(0) { $0 + p[0][atQuery + $1] * p[1][atKey + $1] }
                            / Double(depth).squareRoot()
                    }
                    let most = scores.max() ?? 0
                    let exponentials = scores.map { exp($0 - most) }
                    let sum = exponentials.reduce(0, +)
                    for (e, atKey) in zip(exponentials, atKeys) {
                        for channel in 0..<depth { y[atQuery + channel] += e / sum * p[2][atKey + channel] }
                    }
                }
            }
        }
        return y
    }

    @Test(arguments: sizes) func valueAndGradients(sizes: Sizes) {
        let memory = [sizes.batch, sizes.pixels, sizes.channels]
        let inputs = [
            testTensor("q", [sizes.batch, sizes.queries, sizes.channels], scale: 2),
            testTensor("k", memory, scale: 2), testTensor("v", memory),
        ]
        let logits = Self.maskLogits(sizes)
        for differentiable in [
            [true, true, true], [true, false, false], [false, true, false], [false, false, true],
        ] {
            checkGradient(inputs: inputs, differentiable: differentiable, samples: 20) {
                maskedAttention($0[0], $0[1], $0[2], heads: sizes.heads, maskLogits: logits)
            } reference: {
                Self.attention($0, sizes, logits)
            }
        }
    }

    @Test(arguments: sizes) func meansAndTheirGradients(sizes: Sizes) {
        let logits = Self.maskLogits(sizes)
        checkGradient(inputs: [testTensor("v", [sizes.batch, sizes.pixels, sizes.channels])]) {
            maskedMean($0[0], queryCount: sizes.queries, maskLogits: logits)
        } reference: { p in
            (0..<sizes.batch * sizes.queries).flatMap { row -> [Double] in
                let image = row / sizes.queries
                let pixels = Self.allowed(logits, sizes, image: image, query: row % sizes.queries)
                return (0..<sizes.channels).map { channel in
                    pixels.reduce(0) { $0 + p[0][(image * sizes.pixels + $1) * sizes.channels + channel] }
                        / Double(pixels.count)
                }
            }
        }
    }

    /// Scores far apart from tile to tile: the running maximum changes, and exponentials neither overflow nor vanish
    /// together.
    @Test func largeScores() {
        let sizes = Sizes(batch: 1, queries: 3, pixels: 400, channels: 4, heads: 1)
        let keys = testTensor("k", [1, 400, 4], scale: 20)
        for i in 0..<keys.count { keys.data[i] += Float(i / 4) * 0.5 - 100 }
        let inputs = [testTensor("q", [1, 3, 4], scale: 2), keys, testTensor("v", [1, 400, 4])]
        let logits = Self.maskLogits(sizes)
        checkGradient(inputs: inputs, differentiable: [false, false, true], valueTolerance: 1e-4, tolerance: 1e-3) {
            maskedAttention($0[0], $0[1], $0[2], heads: 1, maskLogits: logits)
        } reference: {
            Self.attention($0, sizes, logits)
        }
    }

    /// An image's results do not depend on the others.
    @Test func imagesAreApart() {
        let sizes = Sizes(batch: 3, queries: 6, pixels: 130, channels: 16, heads: 2)
        let logits = Self.maskLogits(sizes)
        func results(_ images: Range<Int>) -> [[UInt32]] {
            let gradients = Gradients(count: 3)
            func part(_ name: String, _ rows: Int) -> Tensor { testTensor(name, [3, rows, 16]).items(images).copied() }
            let y = maskedAttention(
                gradients.leaf(0, part("q", 6)), gradients.leaf(1, part("k", 130)), gradients.leaf(2, part("v", 130)),
                heads: 2, maskLogits: logits?.items(images))
            backward(weightedSum(y, part("dY", 6)))
            return [y.value, gradients[0], gradients[1], gradients[2]].map { $0.array.map(\.bitPattern) }
        }
        let all = results(0..<3)
        for image in 0..<3 {
            for (one, whole) in zip(results(image..<image + 1), all) {
                #expect(one == Array(whole[image * one.count..<(image + 1) * one.count]))
            }
        }
    }

    @Test func sameBitsForAnyThreadCount() {
        let sizes = Sizes(batch: 2, queries: 20, pixels: 700, channels: 64, heads: 4)
        let logits = Self.maskLogits(sizes)
        expectSameBits {
            let gradients = Gradients(count: 3)
            let y = maskedAttention(
                gradients.leaf(0, testTensor("q", [2, 20, 64])), gradients.leaf(1, testTensor("k", [2, 700, 64])),
                gradients.leaf(2, testTensor("v", [2, 700, 64])), heads: 4, maskLogits: logits)
            backward(weightedSum(y, testTensor("dY", [2, 20, 64])))
            return [y.value, gradients[0], gradients[1], gradients[2]]
        }
    }
}
