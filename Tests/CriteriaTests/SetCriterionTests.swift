import Annotations
import Autodiff
import Criteria
import Networks
import Tensors
import TestSupport
import Testing

/// Draw k is a function of a name and k.
struct NamedRandom: UniformSource {
    let name: String
    private(set) var shapes: [[Int]] = []

    init(_ name: String) { self.name = name }

    mutating func uniform(rows: [Int], _ shape: [Int]) -> Tensor { uniform([rows.reduce(0, +)] + shape, image: 0) }

    mutating func uniform(_ shape: [Int], image: Int) -> Tensor {
        var stream = RandomStream(seed: 7, name: "\(name) draw \(shapes.count)")
        shapes.append(shape)
        return Tensor((0..<shape.reduce(1, *)).map { _ in Float(stream.next() >> 40) * 0x1p-24 }, shape: shape)
    }
}

private let canvas = ImageSize(height: 24, width: 32)

private func criterion() -> SetCriterion {
    var configuration = SetCriterion.Configuration()
    configuration.sampling.pointCount = 40
    return SetCriterion(configuration)
}

@Suite struct SetCriterionTests {
    @Test("losses and gradients are the official criterion's", arguments: criterionExpectations)
    func official(_ expected: CriterionExpectation) throws {
        let leaves = Leaves()
        let predictions = leaves.predictions(expected)
        var random = NamedRandom(expected.name)
        let losses = try criterion()(predictions, targets: expected.targets, canvas: canvas, random: &random)
        #expect(losses.values.map(\.name) == expected.lossNames)
        // Float against Double; the largest errors seen are 6e-7 of a loss and 7e-8 of a gradient.
        assertClose(
            Tensor(losses.values.map(\.value), shape: [losses.terms.count]), expected.losses, tolerance: 3e-6, "losses")
        #expect(abs(Double(losses.total.value.scalar) - expected.losses.reduce(0, +)) < 1e-5)
        backward(losses.total)
        let features = try #require(leaves.features)
        assertClose(features, expected.dFeatures, tolerance: 5e-7, "dFeatures")
        assertClose(joined(leaves.logits, expected.outputs), expected.dLogits, tolerance: 5e-7, "dLogits")
        assertClose(joined(leaves.embeddings, expected.outputs), expected.dEmbeddings, tolerance: 5e-7, "dEmbeddings")
    }

    @Test("images without segments count in the classification alone, and draw their numbers")
    func noSegments() throws {
        let empty = MaskTargets(classes: [], height: 24, width: 32, segments: Array(repeating: -1, count: 24 * 32))
        let leaves = Leaves()
        var random = NamedRandom("empty")
        let predictions = leaves.predictions("empty", batch: 2, outputs: 2, queries: 6)
        let losses = try criterion()(predictions, targets: [empty, empty], canvas: canvas, random: &random)
        #expect(random.shapes.prefix(4) == [[1, 40, 2], [1, 40, 2], [0, 120, 2], [0, 10, 2]])
        #expect(losses.values.filter { !$0.name.hasPrefix("loss_ce") }.map(\.value) == [0, 0, 0, 0])
        #expect(losses.values.filter { $0.name.hasPrefix("loss_ce") }.allSatisfy { $0.value > 0 })
        backward(losses.total)
        #expect(leaves.features?.array.allSatisfy { $0 == 0 } == true)
        #expect(joined(leaves.logits, 2).array.contains { $0 != 0 })
        #expect(leaves.embeddings[1]?.array.allSatisfy { $0 == 0 } == true)
    }

    @Test("without deep supervision only the final output counts")
    func finalOutputOnly() throws {
        var configuration = SetCriterion.Configuration()
        configuration.sampling.pointCount = 40
        configuration.supervisesAuxiliaryOutputs = false
        let expected = criterionExpectations[0]
        let predictions = Leaves().predictions(expected)
        var random = NamedRandom(expected.name)
        let losses = try SetCriterion(configuration)(
            predictions, targets: expected.targets, canvas: canvas, random: &random)
        #expect(losses.values.map(\.name) == ["loss_ce", "loss_mask", "loss_dice"])
        assertClose(
            Tensor(losses.values.map(\.value), shape: [3]), Array(expected.losses.prefix(3)), tolerance: 1e-5)
    }

    @Test("losses and gradients have the same bits with any number of threads")
    func threads() throws {
        let expected = criterionExpectations[0]
        try expectSameBits {
            let leaves = Leaves()
            let predictions = leaves.predictions(expected)
            var random = StepRandom(seed: 1, step: 2)
            // Enough points for several tiles.
            let losses = try SetCriterion()(
                predictions, targets: expected.targets, canvas: canvas, random: &random)
            backward(losses.total)
            return losses.terms.map(\.loss.value)
                + [leaves.features, leaves.logits[0], leaves.embeddings[0]].compactMap { $0 }
        }
    }

    @Test("a value that is not finite is named", arguments: ["mask features", "pred_logits", "mask embeddings"])
    func notFinite(_ name: String) {
        let expected = criterionExpectations[0]
        let broken = Leaves().predictions(expected).poisoned(name)
        let output = ["pred_logits": "auxiliary 1", "mask embeddings": "final"][name]
        let position = name == "mask features" ? [1, 0, 1, 2] : [1, 1, 2]
        let error = MatchingError(tensor: name, output: output, value: .nan, position: position)
        var random = NamedRandom(expected.name)
        #expect(throws: error) {
            try criterion()(broken, targets: expected.targets, canvas: canvas, random: &random)
        }
    }

    @Test("a cost beyond Float is named")
    func infiniteCost() {
        let expected = criterionExpectations[0]
        let sound = Leaves().predictions(expected.name, batch: 2, outputs: 1, queries: 6)
        let huge = Tensor(repeating: 3e38, shape: sound.maskEmbeddings[0].shape)
        let broken = MaskPredictions(
            classLogits: sound.classLogits, maskEmbeddings: [Variable(huge)],
            maskFeatures: Variable(Tensor(repeating: 2, shape: sound.maskFeatures.shape)))
        var random = NamedRandom(expected.name)
        #expect {
            try criterion()(broken, targets: expected.targets, canvas: canvas, random: &random)
        } throws: { error in
            let error = error as? MatchingError
            return error?.tensor == "mask cost" && error?.output == "final" && error?.position.first == 0
        }
    }
}
