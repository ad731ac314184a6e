import Annotations
import Datasets
import Files
import Images
import Metrics

/// Label maps: a PNG of class numbers an image.
struct LabelFormat: PredictionFormat {
    static let name = "labels"
    static let summary = "PNGs of class numbers, named after the images, for DATASETS.TEST: \"sem_seg\""
    static let tasks: InferenceTasks = .semantic
    static let truth: OfficialTruth? = nil

    private let folder: OutputFolder
    private let classes: ClassTable

    init(folder: OutputFolder, classes: ClassTable, truth: String?) throws {
        self.folder = folder
        self.classes = classes
    }

    func files(of images: [String]) -> [String] { images.map(Self.fileName) }

    func add(_ prediction: ImagePrediction, image id: String) throws {
        try prediction.labels?.write(classes, to: folder.place(Self.fileName(id)), listed: folder.list)
    }

    private static func fileName(_ id: String) -> String { id + ".png" }

    /// Needs the classes and labels of a data set.
    static func read(_ folder: String, _ truth: PredictionTruth) throws -> SavedPredictions {
        guard truth.path == nil, let data = try truth.open() else {
            throw InputError(
                place: "--format labels", what: "needs the classes of a data set",
                expected: "--config, with a data set in DATASETS.TEST",
                got: truth.path.map { "--ground-truth \($0)" } ?? "none",
                advice: "describe a folder of images and labels as folder:FILE.json:SPLIT")
        }
        let evaluator = SemanticEvaluator(data.classes, rule: truth.meanRule)
        return SavedPredictions(evaluators: [evaluator], names: data.items.map(\.id)) { index in
            let item = data.items[index]
            return try image(item, of: data, prediction: folder + "/" + fileName(item.id))
        }
    }

    private static func image(
        _ item: SegmentationDataset.Item, of data: SegmentationDataset, prediction path: String
    ) throws -> EvaluationImage {
        let prediction = try ImageFile.readLabels(path)
        guard let labels = try data.labels(of: item) else {
            throw InputError(
                place: item.imagePath, what: "has no labels", expected: "a label image", got: "none",
                advice: "score against a split with labels")
        }
        try ScoringFiles.requireSize(prediction, labels, path, advice: "predict at the size of the labels")
        if let wrong = prediction.values.firstIndex(where: { $0 >= data.classes.count }) {
            throw InputError(
                place: path, what: "a predicted number is no class", expected: "0 to \(data.classes.count - 1)",
                got: "\(prediction.values[wrong]) at pixel \(wrong)", advice: "predict a class for every pixel")
        }
        var image = EvaluationImage()
        image.labels = (prediction.values, labels.values, labels.width, item.labelPath ?? item.id)
        return image
    }
}
