import Annotations
import Autodiff
import Layers
import MaskClassifiers
import Networks
import Tensors
import Testing

extension GoldenReport {
    /// `eval.*`: features, every output, masks, scores and label maps.
    mutating func compareEvaluation(_ golden: GoldenFile) throws {
        if golden.file.metadata["family"] != nil { return try compareBaseline(golden) }
        let network = golden.network()
        let batch = network.input.batch(golden.images)
        let output = try GoldenOutputs(network, batch, .evaluation)
        for (name, map) in zip(output.features.names, output.features.maps) {
            try compareMap(golden, "eval.features." + name, map.value)
        }
        try compareMap(golden, "eval.mask_features", output.pixels.maskFeatures.value)
        for (index, level) in output.pixels.multiScale.enumerated() {
            try compareMap(golden, "eval.multi_scale.\(index)", level.value)
        }
        if let encoded = output.pixels.encoded { try compareMap(golden, "eval.memory", encoded.value) }
        if let predictions = output.prediction.masks {
            for (index, logits) in predictions.classLogits.enumerated() {
                let isLast = index == predictions.classLogits.count - 1
                try compareValues(
                    golden, isLast ? "eval.pred_logits" : "eval.aux.\(index).pred_logits", logits.value.array)
            }
            try compareMap(golden, "eval.pred_masks", predictions.finalMaskLogits)
        }
        try comparePixels(golden, network, batch, output.prediction)
        try compareInference(golden, output.prediction, inputShape: batch.shape)
    }

    /// The logits of per-pixel networks; those of earlier layers are of a recorded pass: evaluation does not make them.
    private mutating func comparePixels(
        _ golden: GoldenFile, _ network: any Network, _ batch: Tensor, _ prediction: any Prediction
    ) throws {
        guard let predictions = prediction as? PixelPredictions else { return }
        try compareMap(golden, "eval.logits", predictions.finalLogits)
        let recorded = try #require(network(batch, .trainingWithFrozenStatistics) as? PixelPredictions)
        for (index, logits) in recorded.logits.dropLast().enumerated() {
            try compareMap(golden, "eval.aux.\(index).logits", everySecond(logits.value))
        }
    }

    /// [B, H, W, C] at rows and columns 0, 2, 4, ….
    private func everySecond(_ map: Tensor) -> Tensor {
        let (height, width, channels) = (map.shape[1], map.shape[2], map.shape[3])
        let values = (0..<map.shape[0]).flatMap { image in
            stride(from: 0, to: height, by: 2).flatMap { y in
                stride(from: 0, to: width, by: 2).flatMap { x in
                    (0..<channels).map { map.data[((image * height + y) * width + x) * channels + $0] }
                }
            }
        }
        return Tensor(values, shape: [map.shape[0], (height + 1) / 2, (width + 1) / 2, channels])
    }

    /// A channels-last tensor with an official [B, C, H, W] one.
    mutating func compareMap(_ golden: GoldenFile, _ name: String, _ tensor: Tensor) throws {
        guard golden.file.entries[name] != nil else { return }
        let expectedShape = [tensor.shape[0], tensor.shape[3], tensor.shape[1], tensor.shape[2]]
        guard golden.file.shape(named: name) == expectedShape else {
            note(name + " (shape)", error: .infinity, allowed: 0)
            return
        }
        let (area, channels, values) = (tensor.shape[1] * tensor.shape[2], tensor.shape[3], tensor.array)
        let official = (0..<tensor.count).map { place in
            let (image, rest) = (place / (area * channels), place % (area * channels))
            return values[(image * area + rest % area) * channels + rest / area]
        }
        try compareValues(golden, name, official)
    }

    /// Absolute differences; values above 50 in magnitude may differ by twice as much. `actual` may stop early:
    /// it is then compared with the first images of the batch.
    mutating func compareValues(_ golden: GoldenFile, _ name: String, _ actual: [Float]) throws {
        guard golden.file.entries[name] != nil else { return }
        let expected = try golden.file.floats(named: name)
        guard !actual.isEmpty, actual.count <= expected.count, expected.count % actual.count == 0 else {
            note(name + " (count)", error: .infinity, allowed: 0)
            return
        }
        for (isLarge, floor, suffix) in [(false, 1e-4, ""), (true, 2e-4, " (above 50)")] {
            let chosen = actual.indices.filter { (abs(expected[$0]) > 50) == isLarge }
            guard !chosen.isEmpty else { continue }
            compare(
                name + suffix, chosen.map { actual[$0] }, chosen.map { expected[$0] },
                allowed: golden.allowed(name, floor: floor))
        }
    }

    private mutating func compareInference(
        _ golden: GoldenFile, _ prediction: any Prediction, inputShape: [Int]
    ) throws {
        let test = golden.configuration.test.inference
        for (index, image) in golden.images.enumerated() {
            let request = InferenceRequest(
                input: ImageSize(height: inputShape[1], width: inputShape[2]),
                image: ImageSize(height: image.height, width: image.width), output: golden.outputSize,
                resizesMasksBeforeMixing: test.resizesMasksBeforeMixing)
            if golden.file.entries["eval.sem_seg.\(index)"] != nil {
                let semantic = prediction.semanticSegmentation(image: index, request, wantsScores: true)
                let labels = try golden.file.floats(named: "eval.sem_seg.\(index)").map { Int($0) }
                compareLabels("eval.sem_seg.\(index)", semantic.labels.map(Int.init), labels)
                if let scores = semantic.scores {
                    try compareValues(golden, "eval.sem_seg_scores.\(index)", every(4, of: scores))
                }
            }
            guard let predictions = prediction.masks else { continue }
            if golden.file.entries["eval.panoptic.\(index)"] != nil {
                try comparePanoptic(golden, predictions, index, request)
            }
            if golden.file.entries["eval.instances.\(index)"] != nil {
                try compareInstances(golden, predictions, index, request)
            }
        }
    }

    /// Scores [K, H, W] at rows and columns 0, `step`, 2 · `step`, ….
    func every(_ step: Int, of scores: Tensor) -> [Float] {
        let (classes, height, width) = (scores.shape[0], scores.shape[1], scores.shape[2])
        return (0..<classes).flatMap { kind in
            stride(from: 0, to: height, by: step).flatMap { y in
                stride(from: 0, to: width, by: step).map { scores.data[(kind * height + y) * width + $0] }
            }
        }
    }

    /// Label maps may differ by single pixels at ties: 0.1 % of them.
    mutating func compareLabels(_ name: String, _ actual: [Int], _ expected: [Int]) {
        let different = actual.count == expected.count ? zip(actual, expected).count { $0 != $1 } : expected.count
        note(name, error: Double(different) / Double(max(1, expected.count)), allowed: 1e-3)
    }

    private mutating func comparePanoptic(
        _ golden: GoldenFile, _ predictions: MaskPredictions, _ index: Int, _ request: InferenceRequest
    ) throws {
        let test = golden.configuration.test.inference
        let result = predictions.panopticSegmentation(
            image: index, request, isThing: golden.isThing,
            objectMaskThreshold: test.objectMaskThreshold, overlapThreshold: test.overlapThreshold)
        compareLabels(
            "eval.panoptic.\(index)", result.segmentIDs.map(Int.init),
            try golden.file.floats(named: "eval.panoptic.\(index)").map { Int($0) })
        let rows = result.segments.flatMap { [$0.id, $0.isThing ? 1 : 0, $0.category] }
        let expected = try golden.file.floats(named: "eval.panoptic_info.\(index)").map { Int($0) }
        note("eval.panoptic_info.\(index)", error: rows == expected ? 0 : .infinity, allowed: 0)
    }
}
