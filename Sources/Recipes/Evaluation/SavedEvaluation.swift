import Annotations
import Configurations
import Datasets
import Files
import Scoring

/// Predictions in files: a folder for each data set and format.
struct SavedEvaluation {
    /// What is written of the images of these names, in one format into one folder; `list` is the JSON file with their
    /// keys, where there is one.
    typealias Target = (
        set: Int, format: any PredictionFormat.Type, folder: String, classes: ClassTable, images: [String],
        list: String?
    )

    private struct Part {
        let output: OutputFolder
        /// The data set's place among those that are evaluated.
        let set: Int
        var writer: any PredictionFormat
    }

    private var parts: [Part] = []

    /// Folders for the formats of each of `sets`, whose names in the configuration `datasets` has; `output` is in use
    /// already. Throws `FileError.foreign` with the files that would be replaced, and `FileError` or `InputError`.
    init(
        _ files: [(set: Int, format: any PredictionFormat.Type, folder: String)], of sets: [SegmentationDataset],
        _ datasets: DataConfiguration, beside output: OutputFolder, note: (String) -> Void
    ) throws {
        try self.init(
            files.map { set, format, folder in
                let list = format.truth(of: [datasets.test[set]], root: datasets.root)
                return (set, format, folder, sets[set].classes, sets[set].items.map(\.id), list)
            }, beside: output, note: note)
    }

    /// The same for any images.
    init(_ targets: [Target], beside output: OutputFolder, note: (String) -> Void) throws {
        for target in targets {
            let output =
                output.isFolder(at: target.folder)
                ? output : try OutputFolder(target.folder, overwrites: output.list.overwrites, note: note)
            let writer = try target.format.init(folder: output, classes: target.classes, truth: target.list)
            try output.list.require(writer.files(of: target.images))
            parts.append(Part(output: output, set: target.set, writer: writer))
        }
    }

    /// Writes what was predicted for an image of the data set of this place. Throws `InputError` or `FileError`.
    mutating func add(_ prediction: ImagePrediction, set: Int, image: String) throws {
        for index in parts.indices where parts[index].set == set {
            try parts[index].writer.add(prediction, image: image)
        }
    }

    /// Writes what belongs to all images together. Throws `FileError`.
    func finish() throws {
        for part in parts { try part.writer.finish() }
    }

    /// Gives the folders back to others.
    func close() {
        for part in parts { part.output.close() }
    }

    /// What was written where.
    var lines: [String] { parts.map { "predictions (\(type(of: $0.writer).name)): \($0.output.path)" } }
}
