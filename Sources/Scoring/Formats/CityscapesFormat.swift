import Annotations
import Datasets
import Files
import Foundation
import Images
import Metrics

/// What cityscapesScripts read: labelIds PNGs, and for instances a text file an image with its masks; pixels,
/// instances, or both.
struct CityscapesFormat: PredictionFormat {
    static let name = "cityscapes"
    static let summary = """
        labelIds PNGs and lists of instance masks (*.txt), named after the images: "cityscapes" with \
        cityscapesScripts' names (fractions of 1), "segm" with AP and AP50
        """
    static let tasks: InferenceTasks = [.semantic, .instance]
    static let truth: OfficialTruth? = .cityscapesLabels

    private let folder: OutputFolder
    private let classes: ClassTable

    static func suits(_ data: SegmentationDataset) -> Bool { CityscapesTruth.paths(of: data) != nil }

    init(folder: OutputFolder, classes: ClassTable, truth: String?) throws {
        guard classes == .cityscapes || classes == ClassTable.cityscapes.things else {
            throw InputError(
                place: "--format \(Self.name)", what: "needs the classes of Cityscapes",
                expected: "a data set of Cityscapes in DATASETS.TEST", got: "\(classes.count) other classes",
                advice: "choose another format")
        }
        self.folder = folder
        self.classes = classes
        try FileSystem.makeFolder(folder.path + "/masks")
    }

    /// Masks are numbered as they are found: any that is there may be replaced.
    func files(of images: [String]) -> [String] {
        let masks = Set(images.map(Self.masks)).flatMap { masks in
            ((try? FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/\(masks)")) ?? []).map { masks + $0 }
        }
        return images.flatMap { [$0 + Self.suffix + ".png", $0 + Self.suffix + ".txt"] } + masks.sorted()
    }

    func add(_ prediction: ImagePrediction, image id: String) throws {
        if let labels = prediction.labels {
            try ImageFile.writePNG(
                labels: CityscapesTruth.labelIDs(of: labels), bits: 8, colors: CityscapesLabel.all.map(\.color),
                to: folder.place(id + Self.suffix + ".png"), listed: folder.list)
        }
        if let instances = prediction.instances { try writeList(instances, id) }
    }

    private static let suffix = "_leftImg8bit_pred"

    /// The folder of an image's masks, beside its list.
    private static func masks(_ id: String) -> String {
        id.split(separator: "/").dropLast().map { $0 + "/" }.joined() + "masks/"
    }

    /// A line an instance: mask, label id and confidence. Masks are named so that scorers that look for an
    /// image's labels (city_sequence_frame*.png) do not find them.
    private func writeList(_ instances: [PredictedInstance], _ id: String) throws {
        let masks = Self.masks(id)
        let lines = try instances.enumerated().map { number, instance in
            let name = "\(number)_\(classes.names[instance.category])_\(id.split(separator: "/").last ?? "").png"
            let mask = instance.mask
            try ImageFile.writePNG(
                labels: LabelImage(
                    size: ImageSize(height: mask.height, width: mask.width), values: mask.bits.map { $0 ? 255 : 0 }),
                bits: 8, to: folder.place(masks + name), listed: folder.list)
            return "masks/\(name) \(classes.categoryIDs[instance.category]) \(Double(instance.score))\n"
        }
        try AtomicFile.write(
            lines.joined(), to: folder.place(id + Self.suffix + ".txt"), listed: folder.list)
    }

    /// The truth is a folder with *_labelIds.png and *_instanceIds.png: gtFine/val.
    static func read(_ folder: String, _ truth: PredictionTruth) throws -> SavedPredictions {
        let truthFolder = try truth.path(of: Self.self)
        let paths = try ScoringFiles.files(below: truthFolder, [CityscapesTruth.suffix])
        let byImage = try ScoringFiles.index(paths, of: truthFolder, "image", by: CityscapesPredictions.stem)
        guard !paths.isEmpty else {
            throw InputError(
                place: truthFolder, what: "holds no ground truth", expected: "files *\(CityscapesTruth.suffix)",
                got: "none", advice: "name the folder of a split, for example gtFine/val")
        }
        let predictions = try CityscapesPredictions(
            folder: folder, images: Set(byImage.keys), allowsOutside: truth.allowsOutside)
        guard predictions.hasLabels || predictions.hasInstances else {
            throw InputError(
                place: folder, what: "holds no prediction of the \(paths.count) images",
                expected: "\(byImage.keys.min() ?? "")*.png or .txt, and so on", got: "none",
                advice: "name the files after the images")
        }
        let images = byImage.sorted { $0.key < $1.key }
        var evaluators: [any Evaluator] = []
        if predictions.hasInstances { evaluators.append(CityscapesInstanceEvaluator()) }
        if predictions.hasLabels { evaluators.append(CityscapesEvaluator()) }
        return SavedPredictions(evaluators: evaluators, names: images.map(\.key)) { index in
            let (name, path) = images[index]
            return try predictions.image(name, CityscapesTruth(labelIDs: path))
        }
    }
}
