import Annotations
import Criteria
import Tensors
import TestSupport
import Testing

@Suite struct PointSamplingTests {
    @Test("takes the candidates with the smallest magnitudes, in order", arguments: [0, 1, 37, 150, 299, 300])
    func mostUncertain(count: Int) {
        let logits = testTensor("logits", [2, 300], scale: 6)
        let candidates = testTensor("candidates", [2, 300, 2])
        let extra = testTensor("extra", [2, 7, 2])
        let points = mostUncertainPoints(logits: logits, candidates: candidates, count: count, followedBy: extra)
        #expect(points.shape == [2, count + 7, 2])
        let expected = (0..<2).flatMap { mask -> [Float] in
            let row = Array(logits.array[mask * 300..<mask * 300 + 300])
            let chosen = row.indices.sorted { abs(row[$0]) < abs(row[$1]) }.prefix(count).sorted()
            return chosen.flatMap { i in (0..<2).map { candidates.array[(mask * 300 + i) * 2 + $0] } }
                + extra.array[mask * 14..<mask * 14 + 14]
        }
        #expect(points.array == expected)
    }

    @Test(
        "takes the first of equals, also before smaller ones",
        arguments: [
            (1, [6, 7]), (2, [2, 3, 6, 7]), (3, [2, 3, 4, 5, 6, 7]), (4, [2, 3, 4, 5, 6, 7, 8, 9]),
        ])
    func ties(count: Int, taken: [Float]) {
        let logits = Tensor([3, -1, 1, 0, 1, -1], shape: [1, 6])
        let candidates = Tensor((0..<12).map(Float.init), shape: [1, 6, 2])
        let none = Tensor(zeros: [1, 0, 2])
        let points = mostUncertainPoints(logits: logits, candidates: candidates, count: count, followedBy: none)
        #expect(points.array == taken)
    }

    @Test("a segment at a point is its mask, padded and sampled bilinearly")
    func segments() {
        let (height, width, canvas) = (7, 5, ImageSize(height: 8, width: 9))
        let segments: [Int32] = (0..<height * width).map { pixel in Int32((pixel * 7 + pixel / 3) % 4) - 1 }
        let targets = MaskTargets(classes: [4, 0, 9], height: height, width: width, segments: segments)
        var stream = RandomStream(seed: 1, name: "points")
        let points = Tensor((0..<400).map { _ in Float(stream.nextUniform() * 0.999) }, shape: [1, 200, 2])
        let all = segmentsAtPoints(targets, canvas: canvas, points: points)
        let pixels = segments.indices
        let expected: [Double] = (0..<200).flatMap { p -> [Double] in
            let x = Double(points.array[2 * p]) * 9 - 0.5
            let y = Double(points.array[2 * p + 1]) * 8 - 0.5
            var sums: [Double] = [0, 0, 0]
            for pixel in pixels where segments[pixel] >= 0 {
                let across: Double = max(0, 1 - abs(x - Double(pixel % width)))
                let down: Double = max(0, 1 - abs(y - Double(pixel / width)))
                sums[Int(segments[pixel])] += across * down
            }
            return sums
        }
        let columns: [Double] = [0, 2].flatMap { m in (0..<200).map { expected[3 * $0 + m] } }
        #expect(all.shape == [200, 3])
        assertClose(all, expected, tolerance: 2e-6)

        let own = Tensor(repeating: .nan, shape: [2, 200])
        let twice = Tensor(points.array + points.array, shape: [2, 200, 2])
        segmentsAtOwnPoints(targets, canvas: canvas, segments: [2, 0], rows: [1, 0], points: twice, into: own)
        assertClose(own, columns, tolerance: 2e-6, "own points")
    }

    @Test("segments that overlap are read each from its layer")
    func layers() {
        let (height, width, canvas) = (7, 5, ImageSize(height: 8, width: 9))
        let layers: [[Int32]] = (0..<2).map { layer in
            (0..<height * width).map { pixel in
                let place = (pixel * 7 + pixel / 5 + 3 * layer) % 3
                return place == 2 ? -1 : Int32(2 * place + layer)
            }
        }
        let targets = MaskTargets(classes: [4, 0, 9, 1], height: height, width: width, layers: layers)
        #expect(targets.layerOfSegment == [0, 1, 0, 1])
        var stream = RandomStream(seed: 1, name: "points")
        let points = Tensor((0..<400).map { _ in Float(stream.nextUniform() * 0.999) }, shape: [1, 200, 2])
        let all = segmentsAtPoints(targets, canvas: canvas, points: points).array
        let own = Tensor(repeating: .nan, shape: [4, 200])
        let each = Tensor((0..<4).flatMap { _ in points.array }, shape: [4, 200, 2])
        segmentsAtOwnPoints(
            targets, canvas: canvas, segments: [3, 2, 1, 0], rows: [3, 2, 1, 0], points: each, into: own)
        for segment in 0..<4 {
            let alone = MaskTargets(
                classes: [0], height: height, width: width,
                segments: layers[segment % 2].map { $0 == segment ? 0 : -1 })
            let expected = segmentsAtPoints(alone, canvas: canvas, points: points).array
            #expect(expected.contains { $0 > 0 })
            #expect((0..<200).map { all[4 * $0 + segment] } == expected)
            #expect(Array(own.array[200 * segment..<200 * segment + 200]) == expected)
        }
    }

    @Test("numbers of an image are the same whatever part of the batch it comes in")
    func stepRandomByImage() {
        func draws(firstImage: Int, rows: [Int]) -> [[Float]] {
            var random = StepRandom(seed: 1, step: 2, firstImage: firstImage)
            let matching = rows.indices.flatMap { random.uniform([1, 30, 2], image: $0).array }
            random.skip([1, 30, 2], image: 0)
            var skipped = StepRandom(seed: 1, step: 2, firstImage: firstImage)
            for image in rows.indices { skipped.skip([1, 30, 2], image: image) }
            return [matching, skipped.uniform(rows: rows, [40, 2]).array]
        }
        let (whole, first, rest) = (
            draws(firstImage: 4, rows: [3, 0, 2]), draws(firstImage: 4, rows: [3]), draws(firstImage: 5, rows: [0, 2])
        )
        #expect(whole == zip(first, rest).map { $0 + $1 })
        #expect(whole[0].count == 180 && whole[1].count == 400)
    }

    @Test("random numbers are a function of seed, step, image and draw, and uniform")
    func stepRandom() {
        func draws(_ seed: UInt64, _ step: Int, _ image: Int) -> [Tensor] {
            var random = StepRandom(seed: seed, step: step, firstImage: image)
            return [random.uniform([1, 50_000, 2], image: 0), random.uniform([1, 50_000, 2], image: 0)]
        }
        let first = draws(1, 2, 3)
        let streams = [first, draws(2, 2, 3), draws(1, 3, 3), draws(1, 2, 4)].flatMap { $0.map(\.array) }
        #expect(Set(streams.map { Array($0.prefix(100)) }).count == 8)
        #expect(draws(1, 2, 3).map(\.array) == first.map(\.array))
        expectSameBits { draws(5, 6, 7) }
        for values in streams {
            #expect(values.allSatisfy { $0 >= 0 && $0 < 1 })
            let count = Double(values.count)
            let mean = values.reduce(0) { $0 + Double($1) } / count
            let variance = values.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / count
            // Five standard errors of the mean, √(1/12 n), and of the variance, √(1/180 n).
            #expect(abs(mean - 0.5) < 5 * (1 / (12 * count)).squareRoot())
            #expect(abs(variance - 1.0 / 12) < 5 * (1 / (180 * count)).squareRoot())
            // Neighbours are x and y of a point: no correlation, to five standard errors.
            let product = zip(values, values.dropFirst()).reduce(0.0) { sum, pair in
                sum + (Double(pair.0) - mean) * (Double(pair.1) - mean)
            }
            #expect(abs(product / count) < 5 / (12 * count.squareRoot()))
        }
    }
}
