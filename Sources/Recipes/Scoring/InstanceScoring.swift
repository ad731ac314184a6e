import Datasets
import Metrics

/// Scores instances on disk (a JSON list of masks) against a COCO instance file.
struct InstanceScoring {
    /// The ground truth's JSON file.
    let truthPath: String
    /// The predictions' folder.
    let folder: String

    /// Throws `MetricsError` or `MaskError`.
    func callAsFunction(progress: (Int, Int) -> Void) throws -> ScoringReport {
        let truth = try TrueInstances(path: truthPath)
        let predictionPath = try ScoringFiles.onlyJSON(in: folder, usual: "coco_instances_results.json")
        let predictions = try ScoringFiles.json([InstancePredictionEntry].self, predictionPath)
        for (index, prediction) in predictions.enumerated() {
            try truth.requireCategory(
                prediction.category_id, of: "prediction \(index) (image \(prediction.image_id))", in: predictionPath)
        }
        let found = Dictionary(grouping: predictions, by: \.image_id)
        try truth.requireImages(found.keys, of: predictionPath)
        var evaluator = InstanceEvaluator(categories: truth.categories)
        for (index, image) in truth.images.enumerated() {
            try evaluator.add(
                predictions: try masks(found[image.id] ?? [], image, predictionPath),
                truth: try truth.instances(of: image.id), place: "\(predictionPath): image \(image.id)")
            progress(index + 1, truth.images.count)
        }
        var report = ScoringReport()
        report.add(evaluator.result)
        return report
    }

    private func masks(
        _ predictions: [InstancePredictionEntry], _ image: PanopticList.Image, _ path: String
    ) throws -> [InstanceEvaluator.Prediction] {
        try predictions.enumerated().map { index, prediction in
            .init(
                category: prediction.category_id,
                mask: try prediction.segmentation.mask(
                    height: image.height, width: image.width,
                    place: "\(path): image \(image.id), mask \(index)"),
                score: prediction.score)
        }
    }
}
