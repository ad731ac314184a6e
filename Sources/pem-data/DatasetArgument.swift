import ArgumentParser
import Commands
import Datasets

/// Which data set, and where it lies.
struct DatasetArgument: ParsableArguments {
    @Argument(
        help: ArgumentHelp("A data set's name, or a description file.", valueName: "name-or-json"),
        completion: .dataset)
    var dataset: String

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data sets; for a description file, its own root.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Flag(help: "Take files that lists name outside of the root and the folder of images.")
    var allowOutside = false

    /// A description file stands for all its splits.
    func names() throws -> [String] {
        if dataset.hasPrefix("folder:") || !dataset.lowercased().hasSuffix(".json") { return [dataset] }
        return try FolderDescription(path: dataset).splitNames.map { "folder:\(dataset):\($0)" }
    }

    /// Throws `DatasetError`.
    func open(_ name: String, note: (String) -> Void) throws -> SegmentationDataset {
        try DatasetCatalog.open(name: name, root: root, allowsOutside: allowOutside, note: note)
    }
}
