import Annotations
import Autodiff
import Criteria
import Foundation
import Tensors
import TestSupport
import Testing

/// Two images of different sizes on one canvas, two outputs, and which masks of theirs are compared.
struct FullMaskCase: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let features: (Int, Int)
    let canvas: ImageSize
    let sizes: [ImageSize]
    let segments: [Int]
    /// How many masks of each image.
    let masks: [Int]
    var layers = 1

    static let all = [
        FullMaskCase(
            testDescription: "stride 4", features: (3, 4), canvas: ImageSize(height: 12, width: 16),
            sizes: [ImageSize(height: 12, width: 16), ImageSize(height: 12, width: 16)], segments: [2, 3],
            masks: [2, 3]),
        FullMaskCase(
            testDescription: "a canvas that 4 does not divide, images padded, no masks of one", features: (3, 4),
            canvas: ImageSize(height: 11, width: 13),
            sizes: [ImageSize(height: 7, width: 13), ImageSize(height: 11, width: 9)], segments: [1, 2],
            masks: [1, 0]),
        FullMaskCase(
            testDescription: "more masks than stand side by side", features: (5, 2),
            canvas: ImageSize(height: 18, width: 7),
            sizes: [ImageSize(height: 18, width: 6), ImageSize(height: 15, width: 7)], segments: [5, 1],
            masks: [19, 1]),
        FullMaskCase(
            testDescription: "segments that overlap", features: (4, 4), canvas: ImageSize(height: 16, width: 15),
            sizes: [ImageSize(height: 16, width: 15), ImageSize(height: 14, width: 12)], segments: [4, 3],
            masks: [4, 3], layers: 2),
        FullMaskCase(
            testDescription: "no masks", features: (3, 3), canvas: ImageSize(height: 12, width: 12),
            sizes: [ImageSize(height: 12, width: 12), ImageSize(height: 12, width: 12)], segments: [0, 0],
            masks: [0, 0]),
    ]

    static let (channels, queries) = (5, 20)

    /// Cells of 3 × 3 pixels, a segment of the layer or none.
    var targets: [MaskTargets] {
        sizes.enumerated().map { image, size in
            MaskTargets(
                classes: Array(0..<segments[image]), height: size.height, width: size.width,
                layers: (0..<layers).map { layer in
                    let numbers = (0..<segments[image]).filter { $0 % layers == layer }.map { Int32($0) } + [-1]
                    var stream = RandomStream(seed: 5, name: "\(testDescription) \(image) \(layer)")
                    let cells = (0..<size.area).map { _ in numbers[Int(stream.next() % UInt64(numbers.count))] }
                    return (0..<size.area).map { cells[$0 / size.width / 3 * size.width + $0 % size.width / 3] }
                })
        }
    }

    /// By output, then by image, as the criterion orders them.
    var matched: [MatchedMask] {
        (0..<2).flatMap { output in
            masks.enumerated().flatMap { image, count in
                (0..<count).filter { $0 % 2 == output }.map {
                    MatchedMask(
                        output: output, image: image, query: ($0 * 3 + output) % Self.queries,
                        segment: $0 % max(1, segments[image]))
                }
            }
        }
    }

    var inputs: [Tensor] {
        [testTensor("features", [2, features.0, features.1, Self.channels], scale: 2)]
            + (0..<2).map { testTensor("embeddings \($0)", [2, Self.queries, Self.channels], scale: 2) }
    }

    func losses(_ inputs: [Variable], bandRows: Int = 16) -> Variable {
        fullMaskLosses(
            features: inputs[0], embeddings: Array(inputs.dropFirst()), masks: matched, targets: targets,
            canvas: canvas, alpha: 0.3, bandRows: bandRows)
    }

    /// The losses as the official code defines them.
    func reference(_ inputs: [[Double]], targets: [MaskTargets]) -> [Double] {
        let area = features.0 * features.1
        return matched.flatMap { mask -> [Double] in
            let plane = (0..<area).map { pixel in
                (0..<Self.channels).reduce(0.0) { sum, c in
                    sum + inputs[0][(mask.image * area + pixel) * Self.channels + c]
                        * inputs[1 + mask.output][(mask.image * Self.queries + mask.query) * Self.channels + c]
                }
            }
            let logits = resizeReference(
                plane, [1, features.0, features.1, 1], height: canvas.height, width: canvas.width)
            var (focal, products, sum) = (0.0, 0.0, 0.0)
            for (index, x) in logits.enumerated() {
                let (row, column) = (index / canvas.width, index % canvas.width)
                let target = targets[mask.image]
                let isInside = row < target.height && column < target.width
                let t = target.layers.contains { layer in
                    isInside && layer[row * target.width + column] == Int32(mask.segment)
                }
                let s = 1 / (1 + exp(-x))
                let p = t ? s : 1 - s
                focal -= (t ? 0.3 : 0.7) * (1 - p) * (1 - p) * log(p)
                products += t ? s : 0
                sum += s + (t ? 1 : 0)
            }
            return [focal / Double(canvas.area), 1 - (2 * products + 1) / (sum + 1)]
        }
    }
}

@Suite struct FullMaskLossesTests {
    @Test("focal loss and dice of each mask", arguments: FullMaskCase.all)
    func losses(_ test: FullMaskCase) {
        // The largest errors seen are 1.1e-7 of a loss and 9e-8 of a gradient.
        let targets = test.targets
        checkGradient(
            inputs: test.inputs, valueTolerance: 5e-7, tolerance: 4e-7, operation: { test.losses($0) },
            reference: { test.reference($0, targets: targets) })
    }

    @Test("the height of a band and the number of threads change no bit", arguments: FullMaskCase.all.dropLast())
    func bands(_ test: FullMaskCase) {
        func run(bandRows: Int) -> [Tensor] {
            let gradients = Gradients(count: 3)
            let losses = test.losses(
                test.inputs.enumerated().map { gradients.leaf($0, $1) }, bandRows: bandRows)
            backward(weightedSum(losses, testTensor("weights", losses.shape)))
            return [losses.value] + (0..<3).map { gradients[$0] }
        }
        let whole = run(bandRows: 16).map { $0.array.map(\.bitPattern) }
        for bandRows in 1...3 { #expect(run(bandRows: bandRows).map { $0.array.map(\.bitPattern) } == whole) }
        expectSameBits { run(bandRows: 1) }
    }

    @Test("extremes stay finite")
    func extremes() {
        // Rows of ±500: the first mask is right everywhere, the second wrong.
        let gradients = Gradients(count: 2)
        let features = gradients.leaf(0, Tensor([1, 1, -1, -1], shape: [1, 2, 2, 1]))
        let embeddings = gradients.leaf(1, Tensor([500, -500], shape: [1, 2, 1]))
        let targets = MaskTargets(classes: [3], height: 2, width: 2, segments: [0, 0, -1, -1])
        let losses = fullMaskLosses(
            features: features, embeddings: [embeddings],
            masks: (0..<2).map { MatchedMask(output: 0, image: 0, query: $0, segment: 0) }, targets: [targets],
            canvas: ImageSize(height: 2, width: 2), alpha: 0.25)
        // Wrong: half of the pixels weigh 1/4, half 3/4, each costs 500. Dice: 1 − 1 / (2 + 2 + 1).
        assertClose(losses.value, [0, 0, 250, 0.8], tolerance: 1e-7)
        backward(weightedSum(losses, Tensor([1, 1, 1, 0], shape: [2, 2])))
        assertClose(gradients[0], [0.0625 * 500, 0.0625 * 500, -0.1875 * 500, -0.1875 * 500], tolerance: 1e-7)
        assertClose(gradients[1], [0, -0.5], tolerance: 1e-7)
    }
}
