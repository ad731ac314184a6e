import Annotations
import Autodiff
import Criteria
import Networks
import Tensors
import TestSupport
import Testing

/// What the official per-pixel head computes for inputs that are functions of names.
struct PixelExpectation: Sendable, CustomTestStringConvertible {
    let name: String
    let outputs: Int
    let classes: Int
    let canvas: (Int, Int)
    let sizes: [(Int, Int)]
    let weight: Float
    let lossNames: [String]
    let losses: [Double]
    /// Of all outputs, one after another.
    let dLogits: [Double]

    var testDescription: String { name }
    var canvasSize: ImageSize { ImageSize(height: canvas.0, width: canvas.1) }

    /// Cells of 5 × 5 pixels, ignored where the random number is the last.
    var labels: [[UInt16]] {
        sizes.enumerated().map { image, size in
            let across = (size.1 + 4) / 5
            var stream = RandomStream(seed: 7, name: "\(name) cells \(image)")
            let cells = (0..<(size.0 + 4) / 5 * across).map { _ -> UInt16 in
                let label = Int(stream.next() % UInt64(classes + 1))
                return label < classes ? UInt16(label) : 255
            }
            return (0..<size.0 * size.1).map { cells[$0 / size.1 / 5 * across + $0 % size.1 / 5] }
        }
    }
}

@Suite struct PixelCriterionTests {
    private func losses(
        _ logits: [Variable], _ labels: [[UInt16]?], _ sizes: [(Int, Int)], canvas: ImageSize,
        _ configuration: PixelCriterion.Configuration = .init()
    ) throws -> Losses {
        var random = NamedRandom("none")
        return try PixelCriterion(configuration).losses(
            PixelPredictions(logits: logits),
            targets: zip(labels, sizes).map { labels, size in
                let none = Array(repeating: Int32(-1), count: size.0 * size.1)
                return ImageTargets(
                    segments: MaskTargets(classes: [], height: size.0, width: size.1, segments: none), labels: labels)
            }, canvas: canvas, random: &random)
    }

    @Test("losses and gradients are the official head's", arguments: pixelExpectations)
    func official(_ expected: PixelExpectation) throws {
        let shape = [expected.sizes.count, expected.canvas.0 / 4, expected.canvas.1 / 4, expected.classes]
        let gradients = Gradients(count: expected.outputs)
        let logits = (0..<expected.outputs).map {
            gradients.leaf($0, testTensor("\(expected.name) logits \($0)", shape, scale: 3))
        }
        var configuration = PixelCriterion.Configuration()
        configuration.weight = expected.weight
        let losses = try losses(logits, expected.labels, expected.sizes, canvas: expected.canvasSize, configuration)
        #expect(losses.values.map(\.name) == expected.lossNames)
        // The largest errors seen are 1.8e-7 of a loss and 8e-9 of a gradient.
        assertClose(
            Tensor(losses.values.map(\.value), shape: [expected.outputs]), expected.losses, tolerance: 1e-6, "losses")
        backward(losses.total)
        let found = (0..<expected.outputs).flatMap { gradients[$0].array }
        assertClose(Tensor(found, shape: [found.count]), expected.dLogits, tolerance: 4e-8, "dLogits")
        configuration.supervisesAuxiliaryOutputs = false
        let final = try self.losses(logits, expected.labels, expected.sizes, canvas: expected.canvasSize, configuration)
        #expect(final.values.map(\.value) == [losses.values[0].value])
    }

    @Test("a batch without a pixel that counts has no loss, and no gradient")
    func nothingCounts() throws {
        let gradients = Gradients(count: 1)
        let logits = gradients.leaf(0, testTensor("logits", [1, 2, 3, 4]))
        let losses = try losses([logits], [Array(repeating: 255, count: 56)], [(7, 8)], canvas: canvas)
        #expect(losses.total.value.scalar == 0)
        backward(losses.total)
        #expect(gradients[0].shape == [1, 2, 3, 4] && gradients[0].array.allSatisfy { $0 == 0 })
    }

    @Test("images without labels, and labels that are no class, are refused")
    func wrongTargets() throws {
        let logits = [Variable(testTensor("logits", [1, 2, 3, 4]))]
        let withoutLabels = InputError(
            place: "image 0 of the batch", what: "it has objects alone and no label map",
            advice: "train a per-pixel network with a semantic or panoptic INPUT.DATASET_MAPPER_NAME")
        #expect(throws: withoutLabels) { try losses(logits, [nil], [(7, 8)], canvas: canvas) }
        var labels = [UInt16](repeating: 3, count: 56)
        labels[19] = 4
        let noClass = InputError(
            place: "image 0 of the batch", what: "the label at row 2, column 3 is no class",
            expected: "0..<4, or 255 to ignore", got: "4",
            advice: "set MODEL.SEM_SEG_HEAD.NUM_CLASSES and IGNORE_VALUE as the data set has them")
        #expect(throws: noClass) { try losses(logits, [labels], [(7, 8)], canvas: canvas) }
        var configuration = PixelCriterion.Configuration()
        configuration.ignoreLabel = 4
        _ = try losses(logits, [labels], [(7, 8)], canvas: canvas, configuration)
    }
}

private let canvas = ImageSize(height: 8, width: 12)
