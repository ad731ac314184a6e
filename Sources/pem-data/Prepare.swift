import ArgumentParser
import Commands
import Datasets

/// `pem-data prepare`.
struct Prepare: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the files that training reads of those a data set is shipped with.",
        discussion: """
            \(DatasetFamily.all.map { "\($0.name): \($0.preparation?.help ?? "nothing: it is read as it is shipped.")" }
                .joined(separator: "\n"))

            Files of these names that this program did not write, or that were changed since, are not replaced \
            without --overwrite. They equal what the official scripts write; only the colours of ADE20K's second \
            and further things of a class, which are drawn there without a seed, are others, and labels of \
            ade20k-full are PNG where the script writes TIFF.

              pem-data prepare cityscapes --root /data
              pem-data prepare ade20k-full --root /data
            """)

    @Argument(help: "Which data set.")
    var dataset: DatasetFamily

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data sets (default: DETECTRON2_DATASETS, or Datasets).",
            valueName: "dir"), completion: .directory)
    var root: String?

    @Flag(help: Overwriting.help)
    var overwrite = false

    @Flag(help: "Take files that lists name outside of the root and the folder of images.")
    var allowOutside = false

    func run() throws {
        if dataset.preparation == nil {
            let names = dataset.members.map(\.name).joined(separator: ", ")
            print("\(dataset.name): nothing to prepare, it is read as it is shipped; pem-data check takes \(names)")
            return
        }
        try dataset.prepare(
            root: DatasetCatalog.folder(root), allowsOutside: allowOutside, overwrites: overwrite
        ) { print($0) }
    }
}

extension DatasetFamily: ExpressibleByArgument {
    package init?(argument: String) {
        guard let family = Self.all.first(where: { $0.name == argument }) else { return nil }
        self = family
    }

    package static var allValueStrings: [String] { all.map(\.name) }
}
