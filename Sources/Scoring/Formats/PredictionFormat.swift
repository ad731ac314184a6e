import Annotations
import Datasets
import Files
import Metrics

/// A format of predictions on disk. A value writes the predictions of a data set, image by image; `read` finds what
/// was written, by this program or another, to score it.
package protocol PredictionFormat: Sendable {
    /// What `--format` calls it.
    static var name: String { get }
    /// The files and the scores that come of them, for help.
    static var summary: String { get }
    /// What its files can hold.
    static var tasks: InferenceTasks { get }
    /// Whether the data set's own scorers read it, or it fits any data set.
    static func suits(_ data: SegmentationDataset) -> Bool
    /// The official ground truth that its scorers compare with; nil where there is none.
    static var truth: OfficialTruth? { get }

    /// Predictions of these classes into `folder`. `truth` is the official ground truth, nil where there is none.
    /// Throws `InputError` or `FileError`.
    init(folder: OutputFolder, classes: ClassTable, truth: String?) throws
    /// The files that predictions for the items of these names may replace, by their names in the folder.
    func files(of images: [String]) -> [String]
    /// Writes what was predicted for the item of this name; its folders become folders. Throws `InputError` or
    /// `FileError`.
    mutating func add(_ prediction: ImagePrediction, image id: String) throws
    /// Writes what belongs to all images together. Throws `FileError`.
    func finish() throws

    /// The predictions in a folder, beside the truth. Throws `InputError` for what is not in the format.
    static func read(_ folder: String, _ truth: PredictionTruth) throws -> SavedPredictions
}

/// The formats there are.
package enum PredictionFormats {
    /// Without `--format`, the first that holds what is predicted and suits the data set is written.
    package static let all: [any PredictionFormat.Type] = [
        COCOPanopticFormat.self, CityscapesFormat.self, LabelFormat.self, COCOInstanceFormat.self,
    ]
}

extension PredictionFormat {
    package static func suits(_ data: SegmentationDataset) -> Bool { true }
    package func finish() throws {}

    /// Where the official ground truth of data sets lies, by detectron2's names; nil where it is not one data set, or
    /// has none. `root` holds the data sets; nil: DETECTRON2_DATASETS, else Datasets.
    package static func truth(of names: [String], root: String?) -> String? {
        guard names.count == 1, let truth else { return nil }
        return DatasetCatalog.path(of: truth, names[0], root: root)
    }
}

/// What predictions on disk are compared with.
package struct PredictionTruth {
    /// A file or folder of official ground truth that was named; nil: that of the data sets.
    let path: String?
    /// The data sets' names, and the folder that holds them.
    let names: [String], root: String?
    /// Whether lists may name files anywhere.
    let allowsOutside: Bool
    /// Which classes the means of label maps are of.
    let meanRule: SemanticResult.MeanRule
    /// Opens the data sets; nil where there are none.
    let open: () throws -> SegmentationDataset?

    package init(
        path: String?, names: [String], root: String?, allowsOutside: Bool,
        meanRule: SemanticResult.MeanRule = .detectron2, open: @escaping () throws -> SegmentationDataset?
    ) {
        self.path = path
        self.names = names
        self.root = root
        self.allowsOutside = allowsOutside
        self.meanRule = meanRule
        self.open = open
    }

    /// The official ground truth of a format. Throws `InputError` where it is not known.
    func path(of format: any PredictionFormat.Type) throws -> String {
        if let path = path ?? format.truth(of: names, root: root) { return path }
        throw InputError(
            place: "--format \(format.name)", what: "the ground truth is not known",
            expected: "--ground-truth, or --config with one data set of this format in DATASETS.TEST",
            got: names.isEmpty ? "none" : names.joined(separator: ", "), advice: "give --ground-truth")
    }
}

/// Predictions on disk beside the truth, image by image.
package struct SavedPredictions {
    /// The evaluators that score them, which have seen no image.
    var evaluators: [any Evaluator]
    /// The names of the images.
    let names: [String]
    /// What the user should know of the files.
    var notes: [String] = []
    /// Reads an image. Throws `InputError`, `DatasetError`, `InputError` or `InputError`.
    let image: (Int) throws -> EvaluationImage

    /// Scores all images; `progress` gets the number of images done and of all, `onImage` the name of each and
    /// evaluators that have seen it alone. Throws what `image` throws.
    package func score(
        progress: (Int, Int) -> Void, onImage: (String, [any Evaluator]) -> Void = { _, _ in }
    ) throws -> ScoringReport {
        var evaluators = evaluators
        for (index, name) in names.enumerated() {
            onImage(name, try evaluators.add(image(index)))
            progress(index + 1, names.count)
        }
        return ScoringReport(evaluators, notes: notes)
    }
}
