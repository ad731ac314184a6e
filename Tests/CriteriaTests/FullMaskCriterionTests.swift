import Annotations
import Autodiff
import Criteria
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct FullMaskCriterionTests {
    @Test("losses and gradients are MaskFormer's", arguments: maskFormerExpectations)
    func official(_ expected: CriterionExpectation) throws {
        let leaves = Leaves()
        var configuration = FullMaskCriterion.Configuration()
        configuration.matching = expected.isFixed ? .fixed : .hungarian
        let losses = try FullMaskCriterion(configuration)(
            leaves.predictions(expected), targets: expected.targets, canvas: expected.canvasSize)
        #expect(losses.values.map(\.name) == expected.lossNames)
        // Float against Double; the largest errors seen are 5e-7 of a loss and 1e-7 of a gradient.
        assertClose(
            Tensor(losses.values.map(\.value), shape: [losses.terms.count]), expected.losses, tolerance: 3e-6, "losses")
        backward(losses.total)
        let features = try #require(leaves.features)
        assertClose(features, expected.dFeatures, tolerance: 5e-7, "dFeatures")
        assertClose(joined(leaves.logits, expected.outputs), expected.dLogits, tolerance: 5e-7, "dLogits")
        assertClose(joined(leaves.embeddings, expected.outputs), expected.dEmbeddings, tolerance: 5e-7, "dEmbeddings")
    }

    @Test("images without segments count in the classification alone", arguments: [true, false])
    func noSegments(isFixed: Bool) throws {
        let empty = MaskTargets(classes: [], height: 24, width: 32, segments: Array(repeating: -1, count: 24 * 32))
        let leaves = Leaves()
        var configuration = FullMaskCriterion.Configuration()
        configuration.matching = isFixed ? .fixed : .hungarian
        let losses = try FullMaskCriterion(configuration)(
            leaves.predictions("empty", batch: 2, outputs: 2, queries: 6), targets: [empty, empty], canvas: canvas)
        #expect(losses.values.filter { !$0.name.hasPrefix("loss_ce") }.map(\.value) == [0, 0, 0, 0])
        #expect(losses.values.filter { $0.name.hasPrefix("loss_ce") }.allSatisfy { $0.value > 0 })
        backward(losses.total)
        #expect(leaves.features?.array.allSatisfy { $0 == 0 } == true)
        #expect(joined(leaves.logits, 2).array.contains { $0 != 0 })
        #expect(leaves.embeddings[1]?.array.allSatisfy { $0 == 0 } == true)
    }

    @Test("nothing is drawn, and without deep supervision only the final output counts")
    func finalOutputOnly() throws {
        var configuration = FullMaskCriterion.Configuration()
        configuration.supervisesAuxiliaryOutputs = false
        let expected = maskFormerExpectations[0]
        let criterion: any Criterion = FullMaskCriterion(configuration)
        var random = NamedRandom(expected.name)
        let losses = try criterion.losses(
            Leaves().predictions(expected), targets: expected.targets.map { ImageTargets(segments: $0) },
            canvas: canvas, random: &random)
        #expect(random.shapes.isEmpty)
        try #require(losses.values.map(\.name) == ["loss_ce", "loss_mask", "loss_dice"])
        assertClose(
            Tensor(losses.values.map(\.value), shape: [3]), Array(expected.losses.prefix(3)), tolerance: 3e-6)
    }

    @Test("losses and gradients have the same bits with any number of threads, and images apart the same gradients")
    func threads() throws {
        let expected = maskFormerExpectations[0]
        func run(images: Int?) throws -> [Tensor] {
            let leaves = Leaves()
            let predictions = leaves.predictions(
                expected.name, batch: 2, outputs: 3, queries: 6, size: (40, 50), images: images)
            let losses = try FullMaskCriterion()(
                predictions, targets: expected.targets, canvas: ImageSize(height: 160, width: 200))
            backward(losses.total)
            return losses.terms.map(\.loss.value)
                + [leaves.features, leaves.logits[0], leaves.embeddings[0]].compactMap { $0 }
        }
        try expectSameBits { try run(images: nil) }
        let (together, apart) = try (run(images: nil), run(images: 2))
        #expect(zip(together, apart).suffix(3).allSatisfy { $0.array == $1.array })
        // Sums of a few numbers in another order.
        for (a, b) in zip(together, apart) { assertClose(a, b.array.map(Double.init), tolerance: 1e-6) }
    }

    @Test("a value that is not finite is named", arguments: ["mask features", "pred_logits", "mask embeddings"])
    func notFinite(_ name: String) {
        let expected = maskFormerExpectations[0]
        let broken = Leaves().predictions(expected).poisoned(name)
        let output = ["pred_logits": "auxiliary 1", "mask embeddings": "final"][name]
        let position = name == "mask features" ? [1, 0, 1, 2] : [1, 1, 2]
        let error = MatchingError(tensor: name, output: output, value: .nan, position: position)
        #expect(throws: error) {
            try FullMaskCriterion()(broken, targets: expected.targets, canvas: canvas)
        }
    }

    @Test("a cost beyond Float is named")
    func infiniteCost() {
        let expected = maskFormerExpectations[0]
        let sound = Leaves().predictions(expected)
        let broken = MaskPredictions(
            classLogits: sound.classLogits,
            maskEmbeddings: sound.maskEmbeddings.map { Variable(Tensor(repeating: 3e38, shape: $0.shape)) },
            maskFeatures: Variable(Tensor(repeating: 2, shape: sound.maskFeatures.shape)))
        #expect {
            try FullMaskCriterion()(broken, targets: expected.targets, canvas: canvas)
        } throws: { error in
            let error = error as? MatchingError
            return error?.tensor == "mask cost" && error?.output == "final" && error?.position == [0, 0, 0]
        }
    }
}

private let canvas = ImageSize(height: 24, width: 32)
