import Annotations
import Images
import Metrics

/// Scores predictions of Cityscapes images in the official files: pixels, instances, or both, whatever is
/// there.
struct CityscapesScoring {
    /// A folder with *_labelIds.png and *_instanceIds.png: gtFine/val.
    let truthFolder: String
    /// The predictions' folder.
    let folder: String

    /// Throws `MetricsError` or `ImageError`.
    func callAsFunction(progress: (Int, Int) -> Void) throws -> ScoringReport {
        let truth = try ScoringFiles.files(below: truthFolder, [CityscapesTruth.suffix])
        let byImage = try ScoringFiles.index(truth, of: truthFolder, "image", by: CityscapesPredictions.stem)
        guard !truth.isEmpty else {
            throw MetricsError(
                place: truthFolder, what: "holds no ground truth", expected: "files *\(CityscapesTruth.suffix)",
                got: "none",
                advice: "name the folder of a split, for example gtFine/val")
        }
        let predictions = try CityscapesPredictions(folder: folder, images: Set(byImage.keys))
        guard predictions.hasLabels || predictions.hasInstances else {
            throw MetricsError(
                place: folder, what: "holds no prediction of the \(truth.count) images",
                expected: "\(byImage.keys.min() ?? "")*.png or .txt, and so on", got: "none",
                advice: "name the files after the images")
        }
        var (pixels, instances) = (CityscapesEvaluator(), CityscapesInstanceEvaluator())
        for (index, image) in byImage.keys.sorted().enumerated() {
            let wanted = try CityscapesTruth(labelIDs: byImage[image] ?? "")
            if predictions.hasLabels {
                let path = try predictions.labels(of: image)
                let guess = try ImageFile.readLabels(path)
                try requireSize(guess, wanted.labels, path)
                try pixels.add(
                    prediction: guess.values, truth: wanted.labels.values, instances: wanted.instances.values,
                    place: path)
            }
            if predictions.hasInstances {
                try instances.add(
                    predictions: predictions.instances(of: image), instances: wanted.instances.values, place: image)
            }
            progress(index + 1, truth.count)
        }
        var report = ScoringReport()
        if predictions.hasInstances { report.add(instances.result) }
        if predictions.hasLabels { report.add(pixels.result) }
        return report
    }

    private func requireSize(_ guess: LabelImage, _ truth: LabelImage, _ path: String) throws {
        guard guess.width == truth.width, guess.height == truth.height else {
            throw MetricsError(
                place: path, what: "has another size than the ground truth",
                expected: "\(truth.width)x\(truth.height)", got: "\(guess.width)x\(guess.height)",
                advice: "predict at full size")
        }
    }
}
