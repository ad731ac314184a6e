import Annotations
import Autodiff
import Criteria
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// PIDNet's losses beside their definition in Double: sorted probabilities, a mean over the first of them.
@Suite struct PIDNetCriterionTests {
    private static let (classes, map, canvas) = (4, (3, 4), ImageSize(height: 12, width: 15))
    private static let shape = [2, map.0, map.1, classes]

    /// Cells of 4 pixels, ignored where the random number is the last.
    private static func targets(sizes: [ImageSize], ignoring share: Int = 5) -> [ImageTargets] {
        sizes.enumerated().map { image, size in
            var stream = RandomStream(seed: 7, name: "labels \(image)")
            let labels = (0..<size.area).map { _ -> UInt16 in
                let label = Int(stream.next() % UInt64(share))
                return label < min(classes, share - 1) ? UInt16(label) : 255
            }
            let none = Array(repeating: Int32(-1), count: size.area)
            return ImageTargets(
                segments: MaskTargets(classes: [], height: size.height, width: size.width, segments: none),
                labels: labels, boundaries: (0..<size.area).map { UInt16($0 % 7 == 3 ? 1 : 0) })
        }
    }

    private static func losses(
        _ logits: [Variable], _ targets: [ImageTargets],
        _ change: (inout PIDNetCriterion.Configuration) -> Void = { _ in }
    ) throws -> Losses {
        var configuration = PIDNetCriterion.Configuration()
        change(&configuration)
        var random = NamedRandom("none")
        return try PIDNetCriterion(configuration).losses(
            PixelPredictions(logits: [logits[0], logits[1]], .inputAlignedCorners, boundary: logits[2]),
            targets: targets, canvas: canvas, random: &random)
    }

    private static func reference(
        _ inputs: [[Double]], _ targets: [ImageTargets], _ configuration: PIDNetCriterion.Configuration
    ) -> [Double] {
        let (height, width) = (canvas.height, canvas.width)
        func enlarged(_ index: Int, _ channels: Int) -> [Double] {
            resizeReference(
                inputs[index], [2, map.0, map.1, channels], height: height, width: width, alignsCorners: true)
        }
        let (detail, logits, edges) = (enlarged(0, classes), enlarged(1, classes), enlarged(2, 1))
        func probability(_ map: [Double], _ pixel: Int, _ label: Int) -> Double {
            let x = map[pixel * classes..<(pixel + 1) * classes]
            return exp(map[pixel * classes + label]) / x.reduce(0) { $0 + exp($1) }
        }
        var (all, near, sum) = ([(Double, Double)](), [(Double, Double)](), 0.0)
        var (on, off, positives) = (0.0, 0.0, 0.0)
        for pixel in 0..<2 * height * width {
            let (image, row, column) = (pixel / (height * width), pixel / width % height, pixel % width)
            let target = targets[image]
            let isInside = row < target.segments.height && column < target.segments.width
            let place = row * target.segments.width + column
            let isBoundary = isInside && target.boundaries?[place] == 1
            let loss = log(1 + exp(isBoundary ? -edges[pixel] : edges[pixel]))
            if isBoundary { (on, positives) = (on + loss, positives + 1) } else { off += loss }
            guard isInside, let label = target.labels?[place], label != 255 else { continue }
            let weight = configuration.classWeights.isEmpty ? 1 : Double(configuration.classWeights[Int(label)])
            sum -= weight * log(probability(detail, pixel, Int(label)))
            let p = probability(logits, pixel, Int(label))
            all.append((p, -weight * log(p)))
            if 1 / (1 + exp(-edges[pixel])) > Double(configuration.boundaryThreshold) {
                near.append((p, -weight * log(p)))
            }
        }
        func hard(_ pixels: [(Double, Double)]) -> Double {
            let sorted = pixels.sorted { $0.0 < $1.0 }
            guard let last = sorted.indices.last else { return 0 }
            let limit = max(
                sorted[min(configuration.hardPixels.kept, last)].0, Double(configuration.hardPixels.threshold))
            let kept = sorted.filter { $0.0 < limit }
            return kept.reduce(0) { $0 + $1.1 } / Double(max(1, kept.count))
        }
        let count = Double(2 * height * width)
        let share = positives / count
        return [
            Double(configuration.detailWeight) * sum / count, hard(all),
            Double(configuration.boundaryWeight) * ((1 - share) * on + share * off) / count, hard(near),
        ]
    }

    @Test(
        "losses and gradients are those of the definition",
        arguments: [(0.3, 1), (0.2, 60), (0.0, 200), (0.9, 131_072)])
    func definition(threshold: Double, kept: Int) throws {
        let targets = Self.targets(sizes: [Self.canvas, ImageSize(height: 9, width: 15)])
        func change(_ configuration: inout PIDNetCriterion.Configuration) {
            configuration.hardPixels.threshold = Float(threshold)
            configuration.hardPixels.kept = kept
            configuration.boundaryThreshold = 0.6
            configuration.classWeights = [0.5, 1, 2, 1.25]
        }
        var configuration = PIDNetCriterion.Configuration()
        change(&configuration)
        let inputs = [
            testTensor("detail", Self.shape, scale: 3), testTensor("logits", Self.shape, scale: 3),
            testTensor("boundary", [2, Self.map.0, Self.map.1, 1], scale: 3),
        ]
        let found = try Self.losses(inputs.map { Variable($0) }, targets, change)
        #expect(found.values.map(\.name) == ["sem_p", "sem_i", "bd", "sem_bd"])
        assertClose(
            Tensor(found.values.map(\.value), shape: [4]),
            Self.reference(inputs.map { $0.array.map(Double.init) }, targets, configuration), tolerance: 1e-6)
        checkGradient(
            inputs: inputs, tolerance: 1e-5,
            operation: { inputs in (try? Self.losses(inputs, targets, change))?.total ?? inputs[0] },
            reference: { [Self.reference($0, targets, configuration).reduce(0, +)] })
    }

    /// The official code stops here with an index error.
    @Test("a batch without a pixel that counts has boundaries alone")
    func nothingCounts() throws {
        let targets = Self.targets(sizes: [Self.canvas, Self.canvas], ignoring: 1)
        let gradients = Gradients(count: 3)
        let losses = try Self.losses(
            [
                gradients.leaf(0, testTensor("detail", Self.shape)),
                gradients.leaf(1, testTensor("logits", Self.shape)),
                gradients.leaf(2, testTensor("boundary", [2, Self.map.0, Self.map.1, 1])),
            ], targets)
        #expect(losses.values.map(\.value).indices.filter { losses.values[$0].value != 0 } == [2])
        backward(losses.total)
        #expect((0..<2).allSatisfy { gradients[$0].array.allSatisfy { $0 == 0 } } && gradients[2].isFinite)
    }

    /// The official code gives NaN here: no pixel lies below the limit, which is its own probability.
    @Test("a single pixel that is easy is not hard")
    func oneEasyPixel() throws {
        var labels = [UInt16](repeating: 255, count: Self.canvas.area)
        labels[7] = 2
        let none = Self.targets(sizes: [Self.canvas, Self.canvas], ignoring: 1)
        let targets = [
            ImageTargets(segments: none[0].segments, labels: labels, boundaries: none[0].boundaries), none[1],
        ]
        let sure = Tensor((0..<Self.shape.reduce(1, *)).map { $0 % Self.classes == 2 ? 9 : 0 }, shape: Self.shape)
        let boundary = Tensor(repeating: 5, shape: [2, Self.map.0, Self.map.1, 1])
        let values = try Self.losses([sure, sure, boundary].map { Variable($0) }, targets).values.map(\.value)
        #expect(values[1] == 0 && values[3] == 0 && values[0] > 0 && values.allSatisfy(\.isFinite))
    }

    @Test("logits that are no numbers give no loss that is one")
    func notANumber() throws {
        let targets = Self.targets(sizes: [Self.canvas, Self.canvas])
        let (good, bad) = (testTensor("logits", Self.shape), Tensor(repeating: .nan, shape: Self.shape))
        let boundary = testTensor("boundary", [2, Self.map.0, Self.map.1, 1])
        let losses = try Self.losses([Variable(good), Variable(bad), Variable(boundary)], targets)
        #expect(losses.values[1].value.isNaN && !losses.total.value.isFinite)
    }

    @Test("targets without boundaries are refused")
    func withoutBoundaries() throws {
        let targets = Self.targets(sizes: [Self.canvas, Self.canvas])
        let error = InputError(
            place: "image 1 of the batch", what: "it has no map of boundaries",
            advice: "train PIDNet with INPUT.DATASET_MAPPER_NAME mask_former_semantic")
        let logits = [Self.shape, Self.shape, [2, Self.map.0, Self.map.1, 1]].map { Variable(Tensor(zeros: $0)) }
        #expect(throws: error) {
            try Self.losses(
                logits, [targets[0], ImageTargets(segments: targets[1].segments, labels: targets[1].labels)])
        }
    }
}
