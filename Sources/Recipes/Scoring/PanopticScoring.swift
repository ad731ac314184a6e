import Datasets
import Foundation
import Metrics

/// Scores panoptic predictions on disk against a panoptic JSON file.
struct PanopticScoring {
    /// The ground truth's JSON file.
    let truthPath: String
    /// The predictions' folder.
    let folder: String

    /// Throws `MetricsError` or `ImageError`.
    func callAsFunction(progress: (Int, Int) -> Void) throws -> ScoringReport {
        let truth = try ScoringFiles.json(PanopticFile.self, truthPath)
        let predictionPath = try ScoringFiles.onlyJSON(in: folder, usual: "predictions.json")
        let predictions = try ScoringFiles.json(PanopticFile.self, predictionPath)
        let wanted = try ScoringFiles.index(
            truth.annotations, of: truthPath, "annotation of image", by: \.image_id)
        let found = try ScoringFiles.index(
            predictions.annotations, of: predictionPath, "annotation of image", by: \.image_id)
        try requireAnnotations(truth, wanted)
        let categories = try categories(of: truth)
        var evaluator = PanopticEvaluator(categories: categories)
        let truthFolder = try pngFolder(of: truthPath, first: truth.annotations.first?.file_name)
        let predictionFolder = try pngFolder(
            of: predictionPath, first: predictions.annotations.first?.file_name)
        for (index, key) in wanted.keys.sorted().enumerated() {
            guard let annotation = wanted[key] else { continue }
            guard let prediction = found[key] else {
                throw MetricsError(
                    place: predictionPath, what: "image \(key) has no prediction",
                    expected: "an annotation of it",
                    got: "none", advice: "predict every image of the ground truth")
            }
            try evaluator.add(
                prediction: prediction.map(in: predictionFolder), truth: annotation.map(in: truthFolder))
            progress(index + 1, wanted.count)
        }
        var report = ScoringReport()
        report.add(evaluator.result)
        let strangers = found.keys.filter { wanted[$0] == nil }.count
        if strangers > 0 {
            report.notes = [
                "\(predictionPath): \(strangers) predictions of images that are not in \(truthPath)"
            ]
        }
        return report
    }

    private func requireAnnotations(
        _ truth: PanopticFile, _ wanted: [ImageKey: PanopticFile.Annotation]
    ) throws {
        if let image = truth.images?.map(\.id).filter({ wanted[$0] == nil }).min() {
            throw MetricsError(
                place: truthPath, what: "image \(image) has no annotation", expected: "one for each image",
                got: "none", advice: "complete the ground truth, or take the image out")
        }
    }

    private func categories(of truth: PanopticFile) throws -> [CategoryDescription] {
        guard let categories = truth.categories, !categories.isEmpty else {
            throw MetricsError(
                place: truthPath, what: "has no categories", expected: "the list of categories", got: "none",
                advice: "take the official file")
        }
        _ = try ScoringFiles.index(categories, of: truthPath, "category", by: \.id)
        return categories.map(\.description)
    }

    /// Where a file's PNGs are: in the folder of its own name beside it or, as COCO has it, beside its
    /// folder; else right beside the file.
    private func pngFolder(of path: String, first name: String?) throws -> String {
        let stem = (path as NSString).deletingPathExtension
        let beside = (path as NSString).deletingLastPathComponent
        let above = (beside as NSString).deletingLastPathComponent
        let places = [
            stem, (above.isEmpty ? "." : above) + "/" + (stem as NSString).lastPathComponent,
            beside.isEmpty ? "." : beside,
        ]
        guard let name else { return places[0] }
        if let place = places.first(where: { FileManager.default.fileExists(atPath: $0 + "/" + name) }) {
            return place
        }
        throw MetricsError(
            place: path, what: "\(name) is not found", expected: "the PNGs in \(places[0])",
            got: "no such file",
            advice: "put the PNGs into a folder of the JSON file's name beside it")
    }
}
