import Annotations
import Configurations
import Datasets
import Files
import Scoring

/// The predictions of an evaluation in files: a folder for each data set and format.
struct SavedEvaluation {
    private struct Part {
        let output: OutputFolder
        /// The data set's place among those that are evaluated.
        let set: Int
        var writer: any PredictionFormat
    }

    private var parts: [Part] = []
    /// Numbers of items of the data sets, one after another.
    private let counts: [Int]
    private var done = 0

    /// Folders for the data sets of `data`, whose names in the configuration `datasets` has; `output` is in use
    /// already. Throws `FileError.foreign` with the files that would be replaced, and `FileError` or `MetricsError`.
    init(
        _ files: [(format: any PredictionFormat.Type, folder: String)], of data: SegmentationDataset,
        _ datasets: DataConfiguration, beside output: OutputFolder, note: (String) -> Void
    ) throws {
        counts = data.sets.map(\.count)
        for (format, folder) in files {
            for (set, path) in PredictionFolders.of(data.sets.map(\.name), in: folder).enumerated() {
                let output =
                    output.isFolder(at: path)
                    ? output : try OutputFolder(path, overwrites: output.list.overwrites, note: note)
                let writer = try format.init(
                    folder: output, classes: data.classes,
                    truth: format.truth(of: [datasets.test[set]], root: datasets.root))
                let start = counts[..<set].reduce(0, +)
                try output.list.require(writer.files(of: data.items[start..<start + counts[set]].map(\.id)))
                parts.append(Part(output: output, set: set, writer: writer))
            }
        }
    }

    /// Writes what was predicted for the next image. Throws `ImageError` or `FileError`.
    mutating func add(_ prediction: ImagePrediction, image: String) throws {
        var (set, end) = (0, counts[0])
        while done >= end {
            set += 1
            end += counts[set]
        }
        for index in parts.indices where parts[index].set == set {
            try parts[index].writer.add(prediction, image: image)
        }
        done += 1
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
