import Annotations
import Datasets
import Images
import Metrics

/// Scores label maps on disk, a PNG of class numbers an image, against a data set with labels.
struct LabelScoring {
    let data: SegmentationDataset
    /// Holds `<image>.png` for every image of the data set.
    let folder: String

    /// Throws `MetricsError`, `DatasetError` or `ImageError`.
    func callAsFunction(progress: (Int, Int) -> Void) throws -> ScoringReport {
        var evaluator = SemanticEvaluator(data.classes)
        for (index, item) in data.items.enumerated() {
            let path = "\(folder)/\(item.id).png"
            let prediction = try ImageFile.readLabels(path)
            guard let labels = try data.labels(of: item) else {
                throw MetricsError(
                    place: item.imagePath, what: "has no labels", expected: "a label image", got: "none",
                    advice: "score against a split with labels")
            }
            guard prediction.width == labels.width, prediction.height == labels.height else {
                throw MetricsError(
                    place: path, what: "has another size than the ground truth",
                    expected: "\(labels.width)x\(labels.height)",
                    got: "\(prediction.width)x\(prediction.height)",
                    advice: "predict at the size of the labels")
            }
            if let strange = prediction.values.firstIndex(where: { $0 >= data.classes.count }) {
                throw MetricsError(
                    place: path, what: "a predicted number is no class",
                    expected: "0 to \(data.classes.count - 1)",
                    got: "\(prediction.values[strange]) at pixel \(strange)",
                    advice: "predict a class for every pixel")
            }
            try evaluator.add(
                prediction: prediction.values, truth: labels.values, image: item.labelPath ?? item.id,
                width: labels.width)
            progress(index + 1, data.items.count)
        }
        var report = ScoringReport()
        report.add(evaluator.result)
        return report
    }
}

extension SemanticEvaluator {
    /// Scores as detectron2 does, boundaries included where class numbers and one more fit into 8 bits.
    init(_ classes: ClassTable) {
        self.init(
            classNames: classes.names, ignoreLabel: UInt16(classes.ignoreLabel),
            scoresBoundaries: classes.count < 255)
    }
}
