import ArgumentParser
import Datasets
import Foundation

/// `pem-data check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Open a data set, count it, and list everything that is wrong with it.",
        discussion: """
            Shows how many images there are and how much of them each class covers. Lists missing pairs, \
            sizes that differ, labels outside the classes and damaged files, a kind with its first files; exit \
            status 1 if there are any. Warns of classes without a pixel, of an ignore label that covers most, of \
            images with nothing but ignored pixels, of images that a list leaves out, and of folders in circles; \
            where there is nothing to tell, it says that all is well. \
            Derived files that are missing (labelTrainIds, annotations_detectron2, panoptic lists of Cityscapes \
            and ADE20K) are made.

              pem-data check cityscapes_fine_sem_seg_val --root /data
              pem-data check Configs/camvid.json --root /data/camvid   # all its splits
              pem-data check folder:Configs/camvid.json:train
              pem-data check folder:Configs/camvid.json:train --class-weights   # MODEL.PIDNET.CLASS_WEIGHTS
            """)

    @Argument(
        help: ArgumentHelp("A data set's name, or a description file.", valueName: "name-or-json"),
        completion: .dataset)
    var dataset: String

    @Option(
        help: ArgumentHelp(
            "The folder that holds the data sets; for a description file, its own root.", valueName: "dir"),
        completion: .directory)
    var root: String?

    @Flag(help: "Only names and sizes: label values are not read.")
    var quick = false

    @Flag(help: "Show weights of the classes for a loss, by their pixels: 1 / ln(1 + pixels), with the mean 1.")
    var classWeights = false

    @Flag(help: "Take files that lists name outside of the root and the folder of images.")
    var allowOutside = false

    func validate() throws {
        if quick, classWeights {
            throw ValidationError("--class-weights counts label values, which --quick leaves out.")
        }
    }

    func run() throws {
        var (failures, warnings): ([DatasetError], Int) = ([], 0)
        for name in try names() {
            do { warnings += try check(name) } catch let error as DatasetError { failures.append(error) }
        }
        guard !failures.isEmpty else {
            if warnings > 0 { print("nothing forbids training; \(warnings) warnings") }
            return
        }
        FileHandle.standardError.write(
            Data((failures.map { "error: \($0)" }.joined(separator: "\n") + "\n").utf8))
        throw ExitCode.failure
    }

    /// A description file stands for all its splits.
    private func names() throws -> [String] {
        if dataset.hasPrefix("folder:") || !dataset.lowercased().hasSuffix(".json") { return [dataset] }
        return try FolderDescription(path: dataset).splitNames.map { "folder:\(dataset):\($0)" }
    }

    /// Shows what was found, and gives the number of warnings.
    private func check(_ name: String) throws -> Int {
        let dataset = try DatasetCatalog.open(name: name, root: root, allowsOutside: allowOutside) { print($0) }
        let report = dataset.inspect(quick ? .sizes : .full)
        show(report, of: dataset)
        let warnings = report.warnings(dataset.classes)
        for warning in warnings { print("warning: \(report.name): \(warning)") }
        let problems = report.problems.filter(\.isBlocking)
        if !problems.isEmpty {
            throw DatasetError(report.name, problems, advice: "correct the files, or take them out")
        }
        if warnings.isEmpty {
            print("\(report.name): all is well" + (quick ? " (label values were not read)" : ""))
        }
        return warnings.count
    }

    private func show(_ report: DatasetReport, of dataset: SegmentationDataset) {
        let sizes = report.sizes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        let listed = sizes.prefix(3).map { "\($0.key) (\($0.value))" }.joined(separator: ", ")
        let more = sizes.count > 3 ? " and \(sizes.count - 3) more sizes" : ""
        print(
            "\(report.name): \(report.imageCount) images, \(dataset.classes.count) classes; "
                + "width x height \(listed)\(more)"
        )
        if report.labelsRead > 0 { showClasses(report, of: dataset) }
    }

    private func showClasses(_ report: DatasetReport, of dataset: SegmentationDataset) {
        let total = Double(report.ignoredPixels + report.classPixels.reduce(0, +))
        func row(_ number: Int, _ name: String, _ pixels: Int) {
            let share = 100 * Double(pixels) / max(total, 1)
            print(String(format: "  %5d  %7.3f %%  ", number, share) + name + (pixels == 0 ? " (absent)" : ""))
        }
        for (index, name) in dataset.classes.names.enumerated() {
            row(index, name, report.classPixels[index])
        }
        row(dataset.classes.ignoreLabel, "ignored", report.ignoredPixels)
        if let most = report.most { print("  most in an image: \(most)") }
        if classWeights {
            let weights = report.classWeights.map { String(format: "%.4f", $0) }
            print("  weights of the classes: [\(weights.joined(separator: ", "))]")
        }
    }
}

extension DatasetReport {
    /// The image with the most segments or objects, to be compared with the queries of a network.
    fileprivate var most: String? {
        let counts = contents.compactMap { image in (image.objects ?? image.segments).map { ($0, image.path) } }
        return counts.max { $0.0 < $1.0 }.map { "\($0.0) segments, \($0.1)" }
    }
}
