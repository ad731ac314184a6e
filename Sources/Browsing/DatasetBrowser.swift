import Annotations
import Datasets
import Files
import Images

/// Shows a data set before it is trained on: a contact sheet, and a page with what a check finds.
package struct DatasetBrowser {
    /// What is shown.
    package struct Options: Sendable {
        /// Images at most.
        package var images = 16
        /// Training samples of each.
        package var samples = 2
        /// Draws images and samples.
        package var seed: UInt64 = 1
        /// How much is read for counts and problems.
        package var depth = CheckDepth.bounded

        package init() {}
    }

    private let dataset: SegmentationDataset
    private let mapper: (any TrainingMapper)?
    private let options: Options

    /// `mapper` makes the training samples; without one there are none.
    package init(_ dataset: SegmentationDataset, mapper: (any TrainingMapper)?, _ options: Options) {
        self.dataset = dataset
        self.mapper = mapper
        self.options = options
    }

    /// By their names in the folder.
    private static func files(of name: String) -> (sheet: String, page: String) {
        let stem = name.split(separator: "/").joined(separator: "_")
        return (stem + ".png", stem + ".html")
    }

    /// Writes both; gives their paths. Images that cannot be shown are told on the page, as problems. Throws
    /// `FileError`, or `InputError` where a file cannot be encoded.
    package func write(to folder: OutputFolder) throws -> [String] {
        let names = Self.files(of: dataset.name)
        try folder.list.require([names.sheet, names.page])
        let report = dataset.inspect(options.depth)
        var (samples, failures) = ([BrowsedSample](), [String]())
        for index in BrowsedImages.chosen(options.images, of: report, seed: options.seed) {
            do {
                samples.append(
                    try BrowsedSample(
                        index, of: dataset, mapper: mapper, epochs: options.samples, seed: options.seed))
            } catch { failures.append("\(error)") }
        }
        let paths = [folder.path + "/" + names.sheet, folder.path + "/" + names.page]
        try ImageFile.writePNG(sheet(samples, report), to: paths[0], listed: folder.list)
        let page = try BrowsedPage(report, dataset.classes, samples, failures: failures, hasSamples: mapper != nil)
        try AtomicFile.write(page.html, to: paths[1], listed: folder.list)
        return paths
    }

    private func sheet(_ samples: [BrowsedSample], _ report: DatasetReport) -> Image<UInt8> {
        let lettering = BrowsedSample.lettering
        let title = "\(report.name): \(samples.count) of \(report.imageCount) images"
        var heading = Canvas(ImageSize(height: lettering.lineHeight, width: lettering.width(of: title)))
        heading.write(title, x: 0, y: 0, lettering)
        let rows = samples.map(\.row)
        let width = max(heading.image.width, rows.map(\.width).max() ?? 0)
        let legend = SegmentDrawing(dataset.classes).legend(samples.flatMap(\.segments), lettering).picture(
            width: width)
        let body = Image.column([heading.image] + [legend].compactMap(\.self) + rows, gap: 12)
        let margin = 12
        var canvas = Canvas(ImageSize(height: body.height + 2 * margin, width: body.width + 2 * margin))
        canvas.draw(body, x: margin, y: margin)
        return canvas.image
    }
}
