import Annotations
import Configurations
import Datasets
import Files
import Images
import Scoring

/// What is written of the pictures: drawings and results of each, or official formats of all.
struct PictureOutput {
    private let folder: OutputFolder
    private let pictures: PictureFiles?
    /// In their place.
    private var formats: SavedEvaluation?
    /// What is predicted.
    let tasks: InferenceTasks
    let classes: ClassTable

    /// Throws `ConfigError` for a format of predictions that are not made, or of classes that are not known,
    /// `FileError.foreign` with the files that would be replaced, and `FileError` or `InputError`.
    init(
        _ options: PredictionRecipe.Options, _ run: RunConfiguration, _ pictures: [NamedPicture],
        in folder: OutputFolder,
        note: (String) -> Void
    ) throws {
        self.folder = folder
        classes = try Self.classes(of: run, options.formats)
        let (classes, all) = (classes, run.test.inference.tasks)
        guard !options.formats.isEmpty else {
            tasks = all
            let files = PictureFiles(classes, options.style, folder: folder)
            try folder.list.require(pictures.flatMap { files.names(of: $0.name, all) })
            self.pictures = files
            return
        }
        self.pictures = nil
        try run.requireTasks(of: options.formats)
        tasks = options.formats.reduce(InferenceTasks()) { $0.union($1.tasks) }.intersection(all)
        let targets = options.formats.map { format -> SavedEvaluation.Target in
            let path = options.formats.count > 1 ? "\(folder.path)/\(format.name)" : folder.path
            let list = options.imageList ?? format.truth(of: run.datasets.test, root: run.datasets.root)
            return (0, format, path, classes, pictures.map(\.name), list)
        }
        formats = try SavedEvaluation(targets, beside: folder, note: note)
    }

    /// The classes of the data sets; without one numbers and colours far apart.
    private static func classes(
        of run: RunConfiguration, _ formats: [any PredictionFormat.Type]
    ) throws -> ClassTable {
        if run.classTable == nil, !run.test.inference.panoptic,
            let format = formats.first(where: { $0.truth != nil })
        {
            throw run.invalid(
                "DATASETS.TEST",
                "expected a data set that names the \(run.model.classCount) classes, for --format \(format.name)")
        }
        return try run.drawnClasses()
    }

    /// Writes what was predicted for a picture; gives the paths of files that are of it alone. Throws `InputError` or
    /// `FileError`.
    mutating func add(
        _ prediction: ImagePrediction, over image: Image<UInt8>, of picture: NamedPicture
    ) throws -> [String] {
        try formats?.add(prediction, set: 0, image: picture.name)
        return try pictures?.write(prediction, over: image, of: picture.path, name: picture.name) ?? []
    }

    /// Writes what belongs to all pictures together, and says what is where. Throws `FileError`.
    func finish() throws -> [String] {
        try formats?.finish()
        return formats?.lines ?? ["results: \(folder.path)"]
    }

    /// Gives the folders of formats back to others.
    func close() { formats?.close() }
}
