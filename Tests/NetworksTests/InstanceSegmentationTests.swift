import Annotations
import Autodiff
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

/// What the official code finds in predictions that are functions of the name.
struct InstanceExpectation: Sendable, CustomTestStringConvertible {
    struct Instance: Sendable {
        let category: Int
        let score: Float
        /// Compressed by pycocotools.
        let text: String
    }

    let name: String
    let queries, classes: Int
    let count: Int
    let isThing: [Bool]?
    let output: (height: Int, width: Int)
    /// By descending score.
    let instances: [Instance]
    var testDescription: String { name }
}

@Suite struct InstanceSegmentationTests {
    private func predictions(_ name: String, queries: Int, classes: Int, _ height: Int, _ width: Int)
        -> MaskPredictions
    {
        MaskPredictions(
            classLogits: [Variable(testTensor(name + " logits", [1, queries, classes + 1], scale: 3))],
            maskEmbeddings: [Variable(testTensor(name + " embeddings", [1, queries, 4], scale: 2))],
            maskFeatures: Variable(testTensor(name + " features", [1, height, width, 4], scale: 3)))
    }

    private func found(_ test: InstanceExpectation) -> [PredictedInstance] {
        predictions(test.name, queries: test.queries, classes: test.classes, 6, 9).instanceSegmentation(
            image: 0,
            InferenceRequest(
                input: ImageSize(height: 24, width: 36), image: ImageSize(height: 22, width: 33),
                output: ImageSize(height: test.output.height, width: test.output.width),
                resizesMasksBeforeMixing: true),
            count: test.count, isThing: test.isThing)
    }

    @Test(arguments: instanceExpectations) func agreesWithTheOfficialCode(test: InstanceExpectation) {
        let found = found(test).sorted { $0.score > $1.score }
        #expect(found.map(\.category) == test.instances.map(\.category))
        #expect(found.map(\.mask.text) == test.instances.map(\.text))
        for (instance, expected) in zip(found, test.instances) {
            // Both are float32 sums; observed 4.5e-7.
            #expect(abs(instance.score - expected.score) <= 2e-6 * expected.score)
        }
    }

    /// The definition, at the masks' own size: sizes around whole words of pixels.
    @Test(arguments: [(3, 64), (5, 65), (1, 200), (7, 1)]) func agreesWithTheDefinition(height: Int, width: Int) {
        let predictions = predictions("plain", queries: 7, classes: 2, height, width)
        let found = predictions.instanceSegmentation(
            image: 0,
            InferenceRequest(
                input: ImageSize(height: height, width: width), image: ImageSize(height: height, width: width),
                output: ImageSize(height: height, width: width), resizesMasksBeforeMixing: true), count: 100)
        let (logits, masks) = (predictions.classLogits[0].value.array, predictions.finalMaskLogits.array)
        let expected = (0..<14).map { pair -> (category: Int, score: Double, mask: RunLengthMask) in
            let (query, category) = (pair / 2, pair % 2)
            let exponentials = (0..<3).map { exp(Double(logits[query * 3 + $0])) }
            let inside = (0..<height * width).filter { masks[$0 * 7 + query] > 0 }
            let sum = inside.reduce(0.0) { $0 + 1 / (1 + exp(-Double(masks[$1 * 7 + query]))) }
            let pixels = Set(inside)
            return (
                category, exponentials[category] / exponentials.reduce(0, +) * sum / (Double(inside.count) + 1e-6),
                RunLengthMask(height: height, width: width) { pixels.contains($0) }
            )
        }.sorted { $0.score > $1.score }
        let ranked = found.sorted { $0.score > $1.score }
        #expect(ranked.count == expected.count)
        for (instance, expected) in zip(ranked, expected) {
            #expect(instance.category == expected.category && instance.mask == expected.mask)
            #expect(abs(Double(instance.score) - expected.score) < 1e-6)
        }
    }

    @Test func nothingIsInsideAMaskOfZeros() {
        let empty = MaskPredictions(
            classLogits: [Variable(testTensor("logits", [1, 2, 3]))],
            maskEmbeddings: [Variable(Tensor(zeros: [1, 2, 4]))],
            maskFeatures: Variable(testTensor("features", [1, 3, 5, 4])))
        let request = InferenceRequest(
            input: ImageSize(height: 12, width: 20), image: ImageSize(height: 12, width: 20),
            output: ImageSize(height: 12, width: 20), resizesMasksBeforeMixing: true)
        let found = empty.instanceSegmentation(image: 0, request, count: 3)
        #expect(found.count == 3 && found.allSatisfy { $0.score == 0 && $0.mask.area == 0 })
        #expect(empty.instanceSegmentation(image: 0, request, count: 3, isThing: [false, false]).isEmpty)
    }

    @Test func bitsDoNotDependOnThreads() {
        expectSameBits {
            instanceExpectations.flatMap { test in
                found(test).map { instance in
                    let numbers = [instance.score] + instance.mask.counts.map(Float.init)
                    return Tensor(numbers, shape: [numbers.count])
                }
            }
        }
    }
}
