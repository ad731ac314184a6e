import Annotations
import Criteria
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct FocalCostsTests {
    @Test(
        "focal and dice cost of every pair", arguments: [(1, 1), (5, 3), (16, 0), (19, 7)],
        [(1, 1, 1), (5, 7, 2), (30, 41, 1)])
    func costs(pairs: (queries: Int, segments: Int), map: (height: Int, width: Int, layers: Int)) throws {
        let (area, channels) = (map.height * map.width, 6)
        let features = testTensor("features", [map.height, map.width, channels], scale: 2)
        let embeddings = testTensor("embeddings", [pairs.queries, channels], scale: 2)
        var stream = RandomStream(seed: 4, name: "segments")
        let layers = (0..<map.layers).map { layer in
            (0..<area).map { _ -> Int32 in
                let segment = Int(stream.next() % UInt64(pairs.segments + 1))
                return segment < pairs.segments && segment % map.layers == layer ? Int32(segment) : -1
            }
        }
        let costs = FocalCosts(
            features: features, embeddings: embeddings, segments: Array(layers.joined()), count: pairs.segments,
            alpha: 0.3)
        let (x, e) = (features.array.map(Double.init), embeddings.array.map(Double.init))
        var (focal, dice) = ([Double](), [Double]())
        for query in 0..<pairs.queries {
            for segment in 0..<pairs.segments {
                var (loss, products, sum) = (0.0, 0.0, 0.0)
                for pixel in 0..<area {
                    let logit = (0..<channels).reduce(0.0) { $0 + x[pixel * channels + $1] * e[query * channels + $1] }
                    let (s, t) = (1 / (1 + exp(-logit)), layers.contains { $0[pixel] == Int32(segment) })
                    let p = t ? s : 1 - s
                    loss -= (t ? 0.3 : 0.7) * (1 - p) * (1 - p) * log(p)
                    products += t ? s : 0
                    sum += s + (t ? 1 : 0)
                }
                focal.append(loss / Double(area))
                dice.append(1 - (2 * products + 1) / (sum + 1))
            }
        }
        // The largest error seen is 5.2e-7.
        let shape = [costs.maskCosts.count]
        assertClose(Tensor(costs.maskCosts.map(Float.init), shape: shape), focal, tolerance: 2e-6, "focal")
        assertClose(Tensor(costs.diceCosts.map(Float.init), shape: shape), dice, tolerance: 1e-6, "dice")
    }

    @Test("costs have the same bits with any number of threads")
    func threads() {
        let (features, embeddings) = (testTensor("features", [50, 40, 8]), testTensor("embeddings", [20, 8]))
        let segments = (0..<2000).map { Int32($0 % 4) - 1 }
        expectSameBits {
            let costs = FocalCosts(
                features: features, embeddings: embeddings, segments: segments, count: 3, alpha: 0.25)
            return [Tensor((costs.maskCosts + costs.diceCosts).map(Float.init), shape: [120])]
        }
    }

    /// torch's interpolate, mode nearest: the pixel ⌊i · in / out⌋.
    @Test(
        "a coarse map shows the nearest pixel above and to the left", arguments: [(24, 6), (26, 7), (31, 8), (10, 10)])
    func nearest(from input: Int, to output: Int) {
        let canvas = ImageSize(height: input, width: 12)
        // Each pixel is a segment of its own; the last two rows and columns of the canvas are padding.
        let (height, width) = (input - 2, 10)
        let targets = MaskTargets(
            classes: Array(repeating: 0, count: height * width), height: height, width: width,
            segments: (0..<Int32(height * width)).map { $0 })
        let expected = (0..<output * 3).map { index -> Int32 in
            let (row, column) = (index / 3 * input / output, index % 3 * 4)
            return row < height && column < width ? Int32(row * width + column) : -1
        }
        #expect(nearestSegments(targets, canvas: canvas, height: output, width: 3) == expected)
    }
}
