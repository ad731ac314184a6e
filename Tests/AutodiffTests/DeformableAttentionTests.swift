import Autodiff
import Kernels
import Tensors
import TestSupport
import Testing

@Suite struct DeformableAttentionTests {
    struct Sizes: CustomTestStringConvertible {
        var maps: [(height: Int, width: Int)]
        var images = 1
        var heads = 1
        var depth = 1
        var points = 1
        var testDescription: String { "\(images)× \(maps), \(heads) heads of \(depth), \(points) points" }
        var levels: TokenLevels { TokenLevels(maps) }
        var queryPoints: Int { heads * maps.count * points }
    }

    // Odd sizes, a map of one pixel, channels that fill no vector, one, and more than a pair of them.
    private static let sizes = [
        Sizes(maps: [(1, 1)]), Sizes(maps: [(3, 5)], images: 2, heads: 2, depth: 3, points: 4),
        Sizes(maps: [(2, 3), (3, 4)], heads: 2, depth: 16, points: 2),
        Sizes(maps: [(1, 2), (2, 3), (4, 3)], images: 2, heads: 2, depth: 5, points: 4),
        Sizes(maps: [(1, 2), (3, 2)], heads: 1, depth: 32, points: 3),
        Sizes(maps: [(2, 1), (2, 2)], heads: 1, depth: 55, points: 2),
    ]

    /// Offsets that leave the maps.
    private func inputs(_ s: Sizes, offsets: Float = 3) -> [Tensor] {
        let (batch, channels) = ([s.images, s.levels.count], s.heads * s.depth)
        return [
            testTensor("values", batch + [channels]),
            testTensor("offsets", batch + [2 * s.queryPoints], scale: offsets),
            testTensor("weights", batch + [s.queryPoints]),
        ]
    }

    private func operation(_ inputs: [Variable], _ s: Sizes) -> Variable {
        deformableAttention(
            values: inputs[0], offsets: inputs[1], weights: inputs[2], levels: s.levels, heads: s.heads)
    }

    /// The definition: every pixel of every map with its share.
    private func reference(_ p: [[Double]], _ s: Sizes) -> [Double] {
        let (levels, count) = (s.levels.levels, s.levels.count)
        var y = [Double](repeating: 0, count: p[0].count)
        for token in 0..<s.images * count {
            let (image, index) = (token / count, token % count)
            guard let own = levels.first(where: { $0.tokens.contains(index) }) else { continue }
            let (row, column) = ((index - own.start) / own.width, (index - own.start) % own.width)
            for point in 0..<s.queryPoints {
                let (head, level) = (point / (levels.count * s.points), levels[point / s.points % levels.count])
                let at = token * s.queryPoints + point
                let x = (Double(column) + 0.5) * Double(level.width) / Double(own.width) - 0.5 + p[1][2 * at]
                let z = (Double(row) + 0.5) * Double(level.height) / Double(own.height) - 0.5 + p[1][2 * at + 1]
                for pixel in 0..<level.height * level.width {
                    let share =
                        max(0, 1 - abs(x - Double(pixel % level.width)))
                        * max(0, 1 - abs(z - Double(pixel / level.width)))
                    guard share > 0 else { continue }
                    for channel in head * s.depth..<(head + 1) * s.depth {
                        let source = (image * count + level.start + pixel) * s.heads * s.depth + channel
                        y[token * s.heads * s.depth + channel] += p[2][at] * share * p[0][source]
                    }
                }
            }
        }
        return y
    }

    @Test(arguments: sizes) func valueAndGradients(sizes: Sizes) {
        checkGradient(
            inputs: inputs(sizes), valueTolerance: 5e-6, tolerance: 2e-5, samples: 40,
            operation: { operation($0, sizes) }, reference: { reference($0, sizes) })
    }

    @Test func onlyWhatNeedsAGradientGetsOne() {
        let sizes = Self.sizes[1]
        for differentiable in [[true, false, false], [false, true, false], [false, false, true]] {
            checkGradient(
                inputs: inputs(sizes), differentiable: differentiable, samples: 30,
                operation: { operation($0, sizes) }, reference: { reference($0, sizes) })
        }
    }

    @Test func farAndUndefinedPlaces() {
        let sizes = Self.sizes[3]
        func value(_ offset: Float) -> [Float] {
            var tensors = inputs(sizes)
            tensors[1] = Tensor(repeating: offset, shape: tensors[1].shape)
            return operation(tensors.map { Variable($0) }, sizes).value.array
        }
        for offset: Float in [1e9, -1e9, .infinity, -.infinity] { #expect(value(offset).allSatisfy { $0 == 0 }) }
        #expect(value(.nan).allSatisfy { $0.isNaN })
    }

    @Test func sameBitsForAnyThreadCount() {
        let sizes = Sizes(maps: [(9, 7), (17, 13), (33, 120)], images: 1, heads: 2, depth: 32, points: 2)
        let tensors = inputs(sizes)
        let dY = testTensor("dY", tensors[0].shape)
        expectSameBits {
            let gradients = Gradients(count: 3)
            let y = operation(tensors.enumerated().map { gradients.leaf($0, $1) }, sizes)
            backward(weightedSum(y, dY))
            return [y.value] + (0..<3).map { gradients[$0] }
        }
    }

    /// The sublayer without a graph is its operations one after the other.
    @Test(arguments: sizes) func streamsWhatItsPartsCompute(sizes: Sizes) {
        let (count, channels) = (sizes.levels.count, sizes.heads * sizes.depth)
        let tokens = Variable(testTensor("tokens", [sizes.images, count, channels]))
        let position = Variable(testTensor("position", [count, channels]))
        func map(_ name: String, _ outputs: Int) -> (weight: Tensor, bias: Tensor) {
            (testTensor(name, [outputs, channels]), testTensor(name + "bias", [outputs]))
        }
        func linear(_ x: Variable, _ map: (weight: Tensor, bias: Tensor)) -> Variable {
            Autodiff.linear(x, weight: Variable(map.weight), bias: Variable(map.bias))
        }
        let (values, offsets) = (map("values", channels), map("offsets", 2 * sizes.queryPoints))
        let (logits, output) = (map("logits", sizes.queryPoints), map("output", channels))
        let (scale, shift) = (testTensor("scale", [channels]), testTensor("shift", [channels]))
        let queries = add(tokens, position)
        let scores = linear(queries, logits)
        let together = sizes.points * sizes.maps.count
        let weights = softmax(reshape(scores, [scores.value.count / together, together]))
        let mixed = operation(
            [linear(tokens, values), linear(queries, offsets), reshape(weights, scores.shape)], sizes)
        let expected = layerNorm(
            add(tokens, linear(mixed, output)), weight: Variable(scale), bias: Variable(shift), epsilon: 1e-3)
        let streamed = DeformableProjections(values: values, offsets: offsets, logits: logits).attended(
            tokens.value, position: position.value, levels: sizes.levels, heads: sizes.heads,
            closing: RowSteps([
                .linear(weight: output.weight, bias: output.bias),
                .norm(weight: scale, bias: shift, epsilon: 1e-3),
            ]))
        assertClose(streamed, expected.value.array.map(Double.init), tolerance: 2e-5)
    }
}

@Suite struct TokenLevelsTests {
    @Test(arguments: [[(1, 1)], [(2, 3), (5, 200)], [(97, 95), (3, 96), (4, 97)]])
    func tilesHoldEveryTokenOnce(maps: [(Int, Int)]) {
        let levels = TokenLevels(maps.map { ($0.0, $0.1) })
        let tiles = levels.tiles(of: 96)
        #expect(tiles.allSatisfy { (1...96).contains($0.count) })
        #expect(tiles.joined().sorted() == Array(0..<levels.count))
    }

    @Test(arguments: [1, 2]) func mapsComeBack(images: Int) {
        let maps = [[images, 2, 3, 4], [images, 1, 5, 4]].map { testTensor("\($0)", $0) }
        let gradients = Gradients(count: 2)
        let tokens = joinedTokens(maps.enumerated().map { gradients.leaf($0, $1) })
        #expect(tokens.shape == [images, 11, 4])
        let back = TokenLevels([(2, 3), (1, 5)]).levels.map { tokenMap(tokens, $0) }
        for (map, original) in zip(back, maps) { #expect(map.value.array == original.array) }
        let weights = maps.map { testTensor("weights", $0.shape) }
        backward(add(weightedSum(back[0], weights[0]), weightedSum(back[1], weights[1])))
        for index in 0..<2 { #expect(gradients[index].array == weights[index].array) }
    }
}
