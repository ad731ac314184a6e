import ArgumentParser
import Commands
import Datasets

/// `pem-data prepare`.
struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the files that training reads of those a data set is shipped with.",
        discussion: """
            \(DatasetFamily.prepared.map { "\($0.name): \($0.preparation?.help ?? "")" }.joined(separator: "\n"))

            Files of these names that this program did not write, or that were changed since, are not replaced \
            without --overwrite. They equal what the official scripts write; only the colours of ADE20K's second \
            and further things of a class, which are drawn there without a seed, are others.

            \(DatasetFamily.prepared.map { "  pem-data prepare \($0.name) --root /data" }.joined(separator: "\n"))
            """)

    @Argument(help: "Which data set.")
    var dataset: DatasetFamily

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data sets (default: DETECTRON2_DATASETS, or Datasets).",
            valueName: "dir"))
    var root: String?

    @Flag(help: Overwriting.help)
    var overwrite = false

    @Flag(help: "Take files that lists name outside of the root and the folder of images.")
    var allowOutside = false

    func run() throws {
        try dataset.prepare(
            root: DatasetCatalog.folder(root), allowsOutside: allowOutside, overwrites: overwrite
        ) { print($0) }
    }
}

extension DatasetFamily: ExpressibleByArgument {
    fileprivate static var prepared: [DatasetFamily] { all.filter { $0.preparation != nil } }

    package init?(argument: String) {
        guard let family = Self.prepared.first(where: { $0.name == argument }) else { return nil }
        self = family
    }

    package static var allValueStrings: [String] { prepared.map(\.name) }
}
