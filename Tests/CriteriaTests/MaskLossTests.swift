import Autodiff
import Criteria
import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct MaskLossTests {
    @Test("cross-entropy and dice of each mask", arguments: [[1, 1], [3, 7], [3, 40], [2, 150]])
    func losses(shape: [Int]) {
        // As grid sampling makes them: 0, 1, and some between.
        let values = testTensor("targets", shape, scale: 2).array.map { min(max($0, 0), 1) }
        let targets = Tensor(values, shape: shape)
        checkGradient(
            inputs: [testTensor("logits", shape, scale: 8)],
            operation: { maskLosses(logits: $0[0], targets: targets) },
            reference: { inputs in
                (0..<shape[0]).flatMap { mask -> [Double] in
                    var (loss, products, sum) = (0.0, 0.0, 0.0)
                    for p in mask * shape[1]..<(mask + 1) * shape[1] {
                        let (x, t) = (inputs[0][p], Double(values[p]))
                        let s = 1 / (1 + exp(-x))
                        loss -= t * log(s) + (1 - t) * log(1 - s)
                        products += s * t
                        sum += s + t
                    }
                    return [loss / Double(shape[1]), 1 - (2 * products + 1) / (sum + 1)]
                }
            })
    }

    @Test("extremes stay finite, and no masks have no losses")
    func extremes() {
        let (logits, targets) = (Tensor([500, -500, 500, -500], shape: [1, 4]), Tensor([1, 0, 0, 1], shape: [1, 4]))
        let gradients = Gradients(count: 1)
        let losses = maskLosses(logits: gradients.leaf(0, logits), targets: targets)
        backward(weightedSum(losses, Tensor([1, 0], shape: [1, 2])))
        #expect(losses.value.array[0] == 250)
        #expect(gradients[0].array == [0, 0, 0.25, -0.25])
        // One hit, one miss, one false alarm: 1 − (2 + 1) / (2 + 2 + 1).
        assertClose(losses.value, [250, 0.4], tolerance: 1e-8)
        let none = Tensor(zeros: [0, 12])
        #expect(maskLosses(logits: Variable(none), targets: none).shape == [0, 2])
    }

    @Test("a mask at its own points is the product with the features, sampled bilinearly")
    func logitsAtPoints() {
        let (height, width, channels, queries) = (3, 4, 5, 6)
        let masks = [
            MatchedMask(output: 1, image: 0, query: 2, segment: 0),
            MatchedMask(output: 1, image: 1, query: 5, segment: 1),
            MatchedMask(output: 0, image: 0, query: 2, segment: 1),
            MatchedMask(output: 0, image: 0, query: 4, segment: 0),
        ]
        let points = Tensor(testTensor("points", [4, 9, 2]).array.map { 0.5 + 0.5 * $0 }, shape: [4, 9, 2])
        checkGradient(
            inputs: [
                testTensor("features", [2, height, width, channels]), testTensor("first", [2, queries, channels]),
                testTensor("second", [2, queries, channels]),
            ],
            operation: {
                MaskPlanes(features: $0[0], embeddings: [$0[1], $0[2]], masks: masks).logits(points: points)
            },
            reference: { inputs in
                masks.indices.flatMap { row in
                    (0..<9).map { p in
                        let mask = masks[row]
                        let x = Double(points.array[(row * 9 + p) * 2]) * Double(width) - 0.5
                        let y = Double(points.array[(row * 9 + p) * 2 + 1]) * Double(height) - 0.5
                        var sum = 0.0
                        for pixel in 0..<height * width {
                            let across: Double = max(0, 1 - abs(x - Double(pixel % width)))
                            let weight: Double = across * max(0, 1 - abs(y - Double(pixel / width)))
                            for c in 0..<channels {
                                let feature = inputs[0][(mask.image * height * width + pixel) * channels + c]
                                let place = (mask.image * queries + mask.query) * channels + c
                                sum += weight * feature * inputs[1 + mask.output][place]
                            }
                        }
                        return sum
                    }
                }
            })
    }

    @Test("gradients have the same bits with any number of threads")
    func threads() {
        let masks = (0..<5).map { MatchedMask(output: 0, image: $0 % 2, query: $0, segment: 0) }
        let points = Tensor(testTensor("points", [5, 700, 2]).array.map { 0.5 + 0.5 * $0 }, shape: [5, 700, 2])
        let targets = Tensor(repeating: 0.25, shape: [5, 700])
        expectSameBits {
            var gradients: [Tensor] = []
            let features = Variable(leaf: testTensor("features", [2, 40, 50, 72])) { gradients.append($0) }
            let embeddings = Variable(leaf: testTensor("embeddings", [2, 5, 72])) { gradients.append($0) }
            let planes = MaskPlanes(features: features, embeddings: [embeddings], masks: masks)
            let losses = maskLosses(logits: planes.logits(points: points), targets: targets)
            backward(weightedSum(losses, testTensor("weights", [5, 2])))
            return [losses.value] + gradients.sorted { $0.count < $1.count }
        }
    }
}
