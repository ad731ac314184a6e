import ArgumentParser
import Datasets
import Foundation

/// `pem-data check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a data set, count it, and list everything that is wrong with it.",
        discussion: """
            Shows how many images there are and how much of them each class covers. Lists missing pairs, \
            sizes that differ, labels outside the classes, damaged files, and images with nothing but ignored \
            pixels, each with its file; exit status 1 if there are any. Derived files that are missing \
            (labelTrainIds, annotations_detectron2, panoptic lists of Cityscapes and ADE20K) are made.

              pem-data check cityscapes_fine_sem_seg_val --root /data
              pem-data check Configs/camvid.json --root /data/camvid   # all its splits
              pem-data check folder:Configs/camvid.json:train
            """)

    @Argument(help: ArgumentHelp("A data set's name, or a description file.", valueName: "name-or-json"))
    var dataset: String

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data sets; for a description file, its own root.", valueName: "dir"))
    var root: String?

    @Flag(help: "Only names and sizes: label values are not read.")
    var quick = false

    func run() throws {
        var failures: [DatasetError] = []
        for name in try names() {
            do {
                try check(name)
            } catch let error as DatasetError {
                failures.append(error)
            }
        }
        guard !failures.isEmpty else { return }
        FileHandle.standardError.write(
            Data((failures.map { "error: \($0)" }.joined(separator: "\n") + "\n").utf8))
        throw ExitCode.failure
    }

    /// A description file stands for all its splits.
    private func names() throws -> [String] {
        if dataset.hasPrefix("folder:") || !dataset.lowercased().hasSuffix(".json") { return [dataset] }
        return try FolderDescription(path: dataset).splitNames.map { "folder:\(dataset):\($0)" }
    }

    private func check(_ name: String) throws {
        let dataset = try DatasetCatalog.open(name: name, root: root) { print($0) }
        let report = dataset.inspect(quick ? .sizes : .full)
        show(report, of: dataset)
        if !report.problems.isEmpty {
            throw DatasetError(report.name, report.problems, advice: "correct the files, or take them out")
        }
    }

    private func show(_ report: DatasetReport, of dataset: SegmentationDataset) {
        let sizes = report.sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let listed = sizes.prefix(3).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        let more = sizes.count > 3 ? " and \(sizes.count - 3) more sizes" : ""
        print(
            "\(report.name): \(report.imageCount) images, \(dataset.classes.count) classes; "
                + "width x height \(listed)\(more)"
        )
        guard report.labelsRead > 0 else { return }
        let total = Double(report.ignoredPixels + report.classPixels.reduce(0, +))
        func row(_ number: String, _ name: String, _ pixels: Int) {
            let share = String(format: "%7.3f %%", 100 * Double(pixels) / max(total, 1))
            print("  " + number.leftPadded(5) + "  " + share + "  " + name + (pixels == 0 ? " (absent)" : ""))
        }
        for (index, name) in dataset.classes.names.enumerated() {
            row("\(index)", name, report.classPixels[index])
        }
        row("\(dataset.classes.ignoreLabel)", "ignored", report.ignoredPixels)
        if report.isMostlyIgnored {
            print("  most pixels are ignored: are ignore label and label map what they should be?")
        }
    }
}

extension String {
    fileprivate func leftPadded(_ length: Int) -> String {
        String(repeating: " ", count: max(0, length - count)) + self
    }
}
