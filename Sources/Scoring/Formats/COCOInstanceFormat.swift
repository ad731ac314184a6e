import Annotations
import Datasets
import Files
import Metrics

/// A JSON list of masks with scores, as pycocotools has it.
struct COCOInstanceFormat: PredictionFormat {
    /// One element of the list.
    struct Entry: Codable, Sendable {
        let image_id: ImageKey
        let category_id: Int
        let segmentation: MaskOutline
        let score: Double
    }

    static let name = "coco-instances"
    static let summary = "coco_instances_results.json, a list of masks: \"segm\" with AP, AP50, ..."
    static let tasks: InferenceTasks = .instance
    static let truth: OfficialTruth? = .instanceList
    private static let fileName = "coco_instances_results.json"

    private let folder: OutputFolder
    private let classes: ClassTable
    private let keys: ImageKeys
    private var entries: [Entry] = []

    init(folder: OutputFolder, classes: ClassTable, truth: String?) throws {
        self.folder = folder
        self.classes = classes
        keys = try ImageKeys(list: truth)
    }

    func files(of images: [String]) -> [String] { [Self.fileName] }

    mutating func add(_ prediction: ImagePrediction, image id: String) throws {
        entries += (prediction.instances ?? []).map { Entry($0, classes, image: keys[id]) }
    }

    func finish() throws {
        try ScoringFiles.writeJSON(entries, to: folder.place(Self.fileName), listed: folder.list)
    }

    /// The truth is an instance JSON file.
    static func read(_ folder: String, _ truth: PredictionTruth) throws -> SavedPredictions {
        let truth = try TrueInstances(path: truth.path(of: Self.self))
        let path = try ScoringFiles.onlyJSON(in: folder, usual: fileName)
        let all = try ScoringFiles.json([Entry].self, path)
        for (index, entry) in all.enumerated() {
            _ = try ScoringFiles.requireFinite(entry.score, "score", of: "", index, in: path)
        }
        let entries = all.filter { truth.names($0.category_id) }
        if entries.isEmpty, let first = all.first {
            try truth.requireCategory(first.category_id, of: "prediction 0 (image \(first.image_id))", in: path)
        }
        let others = all.count - entries.count
        let notes =
            others > 0 ? ["\(path): \(others) predictions of categories that the ground truth does not list"] : []
        let found = Dictionary(grouping: entries, by: \.image_id)
        try truth.requireImages(found.keys, of: path)
        let evaluator = InstanceEvaluator(categories: truth.categories)
        let names = truth.images.map(\.id.description)
        return SavedPredictions(evaluators: [evaluator], names: names, notes: notes) { index in
            let listed = truth.images[index]
            let predictions = try (found[listed.id] ?? []).enumerated().map { index, entry in
                InstanceEvaluator.Prediction(
                    category: entry.category_id,
                    mask: try entry.segmentation.mask(
                        height: listed.height, width: listed.width,
                        place: "\(path): image \(listed.id), mask \(index)"),
                    score: entry.score)
            }
            var image = EvaluationImage()
            image.instances = (predictions, try truth.instances(of: listed.id), "\(path): image \(listed.id)")
            return image
        }
    }
}

extension COCOInstanceFormat.Entry {
    /// An instance of an image, its mask in compressed runs.
    init(_ instance: PredictedInstance, _ classes: ClassTable, image: ImageKey) {
        self.init(
            image_id: image, category_id: classes.categoryIDs[instance.category],
            segmentation: .text(size: [instance.mask.height, instance.mask.width], counts: instance.mask.text),
            score: Double(instance.score))
    }
}
