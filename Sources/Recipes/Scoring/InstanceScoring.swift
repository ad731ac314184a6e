import Metrics

/// Scores instances on disk (a JSON list of masks) against a COCO instance file.
struct InstanceScoring {
    /// The ground truth's JSON file.
    let truthPath: String
    /// The predictions' folder.
    let folder: String

    /// Throws `MetricsError`.
    func callAsFunction(progress: (Int, Int) -> Void) throws -> ScoringReport {
        let truth = try ScoringFiles.json(InstanceFile.self, truthPath)
        let predictionPath = try ScoringFiles.onlyJSON(in: folder, usual: "coco_instances_results.json")
        let predictions = try ScoringFiles.json([InstancePredictionEntry].self, predictionPath)
        let images = try ScoringFiles.index(truth.images, of: truthPath, "image", by: \.id)
        _ = try ScoringFiles.index(truth.categories, of: truthPath, "category", by: \.id)
        _ = try ScoringFiles.index(truth.annotations, of: truthPath, "annotation", by: \.id)
        // pycocotools scores categories by ascending number.
        let categories = truth.categories.sorted { $0.id < $1.id }.map(\.description)
        try requireCategories(truth, predictions, predictionPath, Set(categories.map(\.id)))
        let wanted = Dictionary(grouping: truth.annotations, by: \.image_id)
        let found = Dictionary(grouping: predictions, by: \.image_id)
        for (keys, path) in [(Array(wanted.keys), truthPath), (Array(found.keys), predictionPath)] {
            guard let stranger = keys.filter({ images[$0] == nil }).min() else { continue }
            throw MetricsError(
                place: path, what: "image \(stranger) is not in the ground truth",
                expected: "one of its images",
                got: "\(stranger)", advice: "score against the file the images come from")
        }
        var evaluator = InstanceEvaluator(categories: categories)
        for (index, key) in images.keys.sorted().enumerated() {
            guard let image = images[key] else { continue }
            try evaluator.add(
                predictions: try masks(found[key] ?? [], image, predictionPath),
                truth: try masks(wanted[key] ?? [], image), place: "\(predictionPath): image \(key)")
            progress(index + 1, images.count)
        }
        var report = ScoringReport()
        report.add(evaluator.result)
        return report
    }

    private func requireCategories(
        _ truth: InstanceFile, _ predictions: [InstancePredictionEntry], _ path: String, _ known: Set<Int>
    ) throws {
        let annotation = truth.annotations.first { !known.contains($0.category_id) }.map {
            (truthPath, "annotation \($0.id)", $0.category_id)
        }
        let prediction = predictions.firstIndex { !known.contains($0.category_id) }.map {
            (path, "prediction \($0) (image \(predictions[$0].image_id))", predictions[$0].category_id)
        }
        guard let (place, which, category) = annotation ?? prediction else { return }
        throw MetricsError(
            place: place, what: "\(which) has category \(category), which is not in the list",
            expected: "one of the \(known.count) categories", got: "\(category)",
            advice: "use the category numbers of the ground truth's file")
    }

    private func masks(
        _ annotations: [InstanceFile.Annotation], _ image: InstanceFile.Image
    ) throws -> [InstanceEvaluator.Truth] {
        try annotations.map {
            .init(
                category: $0.category_id,
                mask: try $0.segmentation.mask(
                    height: image.height, width: image.width, place: "\(truthPath): annotation \($0.id)"),
                area: $0.area, isCrowd: $0.iscrowd?.isSet ?? false)
        }
    }

    private func masks(
        _ predictions: [InstancePredictionEntry], _ image: InstanceFile.Image, _ path: String
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
