import Annotations
import Datasets
import Files
import Foundation
import Images
import Metrics

/// A JSON file with segments_info and PNGs of segment numbers, as panopticapi and detectron2 have them.
struct COCOPanopticFormat: PredictionFormat {
    static let name = "coco-panoptic"
    static let summary = "predictions.json with segments_info, and PNGs: \"panoptic_seg\" with PQ, SQ, RQ"
    static let tasks: InferenceTasks = .panoptic
    static let truth: OfficialTruth? = .panopticList
    private static let fileName = "predictions.json"

    private let folder: OutputFolder
    private let classes: ClassTable
    private let keys: ImageKeys
    private var annotations: [PanopticFile.Annotation] = []

    init(folder: OutputFolder, classes: ClassTable, truth: String?) throws {
        self.folder = folder
        self.classes = classes
        keys = try ImageKeys(list: truth)
        try FileSystem.makeFolder(folder.path + "/predictions")
    }

    func files(of images: [String]) -> [String] { images.map { Self.picture($0 + ".png") } + [Self.fileName] }

    mutating func add(_ prediction: ImagePrediction, image id: String) throws {
        guard let panoptic = prediction.panoptic?.numberedByColor(classes) else { return }
        let name = id + ".png"
        try ImageFile.writePNG(
            prediction.picture(of: panoptic), to: folder.place(Self.picture(name)), listed: folder.list)
        annotations.append(PanopticFile.Annotation(panoptic, classes, image: keys[id], fileName: name))
    }

    func finish() throws {
        let list = PanopticFile(images: nil, annotations: annotations, categories: nil)
        try ScoringFiles.writeJSON(list, to: folder.place(Self.fileName), listed: folder.list)
    }

    private static func picture(_ name: String) -> String { "predictions/" + name }

    /// The truth is a panoptic JSON file.
    static func read(_ folder: String, _ truth: PredictionTruth) throws -> SavedPredictions {
        let truthPath = try truth.path(of: Self.self)
        let allowsOutside = truth.allowsOutside
        let truth = try ScoringFiles.json(PanopticFile.self, truthPath)
        let path = try ScoringFiles.onlyJSON(in: folder, usual: fileName)
        let predictions = try ScoringFiles.json(PanopticFile.self, path)
        let wanted = try ScoringFiles.index(
            truth.annotations, of: truthPath, "annotation of image", by: \.image_id)
        let found = try ScoringFiles.index(
            predictions.annotations, of: path, "annotation of image", by: \.image_id)
        if let image = truth.images?.map(\.id).filter({ wanted[$0] == nil }).min() {
            throw InputError(
                place: truthPath, what: "image \(image) has no annotation", expected: "one for each image",
                got: "none", advice: "complete the ground truth, or take the image out")
        }
        let evaluator = PanopticEvaluator(categories: try categories(of: truth, truthPath))
        let truthFolder = try pngFolder(of: truthPath, first: truth.annotations.first?.file_name)
        let predictionFolder = try pngFolder(of: path, first: predictions.annotations.first?.file_name)
        let images = wanted.sorted { $0.key < $1.key }
        let strangers = found.keys.count { wanted[$0] == nil }
        let notes =
            strangers > 0 ? ["\(path): \(strangers) predictions of images that are not in \(truthPath)"] : []
        return SavedPredictions(evaluators: [evaluator], names: images.map(\.key.description), notes: notes) { index in
            let (key, annotation) = images[index]
            guard let prediction = found[key] else {
                throw InputError(
                    place: path, what: "image \(key) has no prediction", expected: "an annotation of it",
                    got: "none", advice: "predict every image of the ground truth")
            }
            var image = EvaluationImage()
            image.segments = (
                try prediction.map(in: predictionFolder, allowsOutside: allowsOutside),
                try annotation.map(in: truthFolder, allowsOutside: allowsOutside)
            )
            return image
        }
    }

    private static func categories(of truth: PanopticFile, _ path: String) throws -> [CategoryDescription] {
        guard let categories = truth.categories, !categories.isEmpty else {
            throw InputError(
                place: path, what: "has no categories", expected: "the list of categories", got: "none",
                advice: "take the official file")
        }
        _ = try ScoringFiles.index(categories, of: path, "category", by: \.id)
        return categories.map(\.description)
    }

    /// Where a file's PNGs are: in the folder of its own name beside it or, as COCO has it, beside its
    /// folder; else right beside the file.
    private static func pngFolder(of path: String, first name: String?) throws -> String {
        let stem = (path as NSString).deletingPathExtension
        let beside = FileSystem.folder(of: path)
        let above = FileSystem.folder(of: beside)
        let folders = [
            stem, above + "/" + (stem as NSString).lastPathComponent,
            beside.isEmpty ? "." : beside,
        ]
        guard let name else { return folders[0] }
        if let folder = folders.first(where: { FileManager.default.fileExists(atPath: $0 + "/" + name) }) {
            return folder
        }
        throw InputError(
            place: path, what: "\(name) is not found", expected: "the PNGs in \(folders[0])", got: "no such file",
            advice: "put the PNGs into a folder of the JSON file's name beside it")
    }
}
