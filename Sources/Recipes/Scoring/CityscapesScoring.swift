import Images
import Metrics

/// Scores predictions of Cityscapes images in the official files: pixels, instances, or both, whatever is
/// there.
struct CityscapesScoring {
    private static let suffix = "_labelIds.png"
    /// A folder with *_labelIds.png and *_instanceIds.png: gtFine/val.
    let truthFolder: String
    /// The predictions' folder.
    let folder: String

    /// Throws `MetricsError` or `ImageError`.
    func callAsFunction(progress: (Int, Int) -> Void) throws -> ScoringReport {
        let truth = try ScoringFiles.files(below: truthFolder, [Self.suffix])
        let byImage = try ScoringFiles.index(truth, of: truthFolder, "image", by: CityscapesPredictions.stem)
        guard !truth.isEmpty else {
            throw MetricsError(
                place: truthFolder, what: "holds no ground truth", expected: "files *\(Self.suffix)",
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
            let labelPath = byImage[image] ?? ""
            let numbers = try instanceNumbers(
                String(labelPath.dropLast(Self.suffix.count)) + "_instanceIds.png")
            if predictions.hasLabels {
                let path = try predictions.labels(of: image)
                let (guess, labels) = (try ImageFile.readLabels(path), try ImageFile.readLabels(labelPath))
                try requireSize(guess, labels, path)
                try pixels.add(
                    prediction: guess.values, truth: labels.values, instances: numbers.values, place: path)
            }
            if predictions.hasInstances {
                try instances.add(
                    predictions: predictions.instances(of: image), instances: numbers.values, place: image)
            }
            progress(index + 1, truth.count)
        }
        var report = ScoringReport()
        if predictions.hasLabels {
            report.tasks.append((name: "cityscapes", entries: pixels.result.entries))
            report.tables.append(pixels.result.table())
        }
        if predictions.hasInstances {
            report.tasks.append((name: "segm", entries: instances.result.entries))
            report.tables.append(instances.result.table())
        }
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

    /// instanceIds go beyond 255; a file of 8 bits has lost them.
    private func instanceNumbers(_ path: String) throws -> LabelImage {
        let bits = try ImageFile.bitsPerValue(of: path)
        guard bits == 16 else {
            throw MetricsError(
                place: path, what: "instanceIds have lost their numbers", expected: "a grey PNG of 16 bits",
                got: "\(bits) bits", advice: "take the official file again, and don't convert it")
        }
        return try ImageFile.readLabels(path)
    }
}
