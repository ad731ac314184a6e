import Annotations
import Autodiff
import Foundation
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct PanopticSegmentationTests {
    private struct Found: Equatable {
        var ids: [Int32]
        var categories: [Int] = []
    }

    private func predictions(queries: Int, classes: Int, _ height: Int, _ width: Int) -> MaskPredictions {
        let name = "panoptic \(queries) "
        return MaskPredictions(
            classLogits: [Variable(testTensor(name + "logits", [1, queries, classes + 1], scale: 3))],
            maskEmbeddings: [Variable(testTensor(name + "embeddings", [1, queries, 4], scale: 2))],
            maskFeatures: Variable(testTensor(name + "features", [1, height, width, 4], scale: 3)))
    }

    /// maskformer_model.py panoptic_inference step by step, at the masks' own size.
    private func definition(
        _ predictions: MaskPredictions, isThing: [Bool], threshold: Double, overlap: Double
    ) -> Found {
        let (logits, masks) = (predictions.classLogits[0].value, predictions.finalMaskLogits)
        let (queries, columns) = (logits.shape[1], logits.shape[2])
        let pixels = masks.count / queries
        var kept: [(query: Int, category: Int, score: Double)] = []
        for query in 0..<queries {
            let row = (0..<columns).map { exp(Double(logits.data[query * columns + $0])) }
            let best = row.indices.max { row[$0] < row[$1] } ?? 0
            let score = row[best] / row.reduce(0, +)
            if best < columns - 1, score > threshold { kept.append((query, best, score)) }
        }
        let probabilities = kept.map { item in
            (0..<pixels).map { 1 / (1 + exp(-Double(masks.data[$0 * queries + item.query]))) }
        }
        let owner = (0..<pixels).map { pixel in
            kept.indices.max { kept[$0].score * probabilities[$0][pixel] < kept[$1].score * probabilities[$1][pixel] }
        }
        var found = Found(ids: Array(repeating: 0, count: pixels))
        var stuff: [Int: Int32] = [:]
        for (place, item) in kept.enumerated() {
            let own = (0..<pixels).filter { owner[$0] == place }
            let mask = own.filter { predictions.segmentExtent == .argMax || probabilities[place][$0] >= 0.5 }
            let whole = probabilities[place].count { $0 >= 0.5 }
            guard !mask.isEmpty, whole > 0, Double(own.count) / Double(whole) >= overlap else { continue }
            let isNew = isThing[item.category] || stuff[item.category] == nil
            let id = isNew ? Int32(found.categories.count + 1) : stuff[item.category] ?? 0
            if isNew { found.categories.append(item.category) }
            if !isThing[item.category] { stuff[item.category] = id }
            for pixel in mask { found.ids[pixel] = id }
        }
        return found
    }

    /// Numbers of queries around whole groups of lanes.
    @Test(
        arguments: [1, 5, 16, 37, 100].flatMap { [($0, SegmentExtent.mask), ($0, .argMax)] }, [(0.0, 0.0), (0.5, 0.3)])
    func agreesWithTheDefinition(
        test: (queries: Int, extent: SegmentExtent), thresholds: (object: Double, overlap: Double)
    ) {
        let (queries, height, width) = (test.queries, 9, 70)
        var predictions = predictions(queries: queries, classes: 3, height, width)
        predictions.segmentExtent = test.extent
        let isThing = [true, false, true]
        let result = predictions.panopticSegmentation(
            image: 0,
            InferenceRequest(
                input: ImageSize(height: height, width: width), image: ImageSize(height: height, width: width),
                output: ImageSize(height: height, width: width), resizesMasksBeforeMixing: true),
            isThing: isThing, objectMaskThreshold: Float(thresholds.object),
            overlapThreshold: Float(thresholds.overlap))
        let expected = definition(
            predictions, isThing: isThing, threshold: thresholds.object, overlap: thresholds.overlap)
        #expect(Found(ids: result.segmentIDs, categories: result.segments.map(\.category)) == expected)
        #expect(queries < 5 || !expected.categories.isEmpty)
    }
}
