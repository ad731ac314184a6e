import Annotations
import Datasets
import Foundation
import Images
import Pages

/// The page of a data set: what is wrong, the classes, the sizes, and pictures.
struct BrowsedPage {
    /// So many problems are listed; the rest is counted.
    private static let mostProblems = 100

    private let report: DatasetReport
    private let classes: ClassTable
    private let pictures: Markup
    /// Of images that cannot be shown, where no check tells why.
    private let failures: [String]
    private let hasSamples: Bool

    /// `failures` are messages of images that cannot be shown; `hasSamples` says whether training samples are.
    init(
        _ report: DatasetReport, _ classes: ClassTable, _ samples: [BrowsedSample], failures: [String],
        hasSamples: Bool
    ) throws {
        self.report = report
        self.classes = classes
        let known = report.problems.map(\.description)
        self.failures = failures.filter { failure in !known.contains(where: failure.contains) }
        self.hasSamples = hasSamples
        pictures = Picture.gallery(
            try samples.map { sample in
                let panels = try sample.panels.map { panel in
                    try Picture.jpeg(panel.image, description: "\(sample.id) \(panel.caption)")
                }
                return Picture.figure(panels, caption: "\(sample.id), \(sample.size.description)")
            }, areWide: true)
    }

    var html: String {
        Page(
            title: report.name,
            lead: "Data set: what its files say, and what is wrong with them. Counts are of \(labelsRead).",
            [
                Page.Section("overview", "Overview", tiles), Page.Section("problems", "Problems", problems),
                Page.Section("classes", "Classes", classTable), Page.Section("sizes", "Sizes", sizes),
                Page.Section("pictures", "Pictures", explanation + pictures),
            ]
        ).html
    }

    private var labelsRead: String {
        report.labelsRead == report.labelCount
            ? "all \(report.labelCount) labelled images"
            : "\(report.labelsRead) of \(report.labelCount) labelled images, drawn evenly"
    }

    private var blocking: [DatasetProblem] { report.problems.filter(\.isBlocking) }

    private var tiles: Markup {
        .tiles([
            ("images", "\(report.imageCount)"), ("labelled", "\(report.labelCount)"),
            ("classes", "\(classes.count)"),
            ("classes without a pixel", "\(report.classPixels.count { $0 == 0 })"),
            ("pixels ignored", "\(Self.percent(report.share(of: report.ignoredPixels)))"),
            ("sizes", "\(report.sizes.count)"), ("problems", "\(blocking.count + failures.count)"),
            ("warnings", "\(report.warnings(classes).count)"),
        ])
    }

    private var problems: Markup {
        func part(_ title: String, _ lines: [String]) -> Markup {
            if lines.isEmpty { return .empty }
            let items = lines.prefix(Self.mostProblems).map { line -> Markup in "<li>\(line)</li>\n" }
            let rest = lines.count - Self.mostProblems
            let more: Markup = rest > 0 ? "<li>and \(rest) more</li>\n" : ""
            return "<p>\(title)</p>\n<ul>\n\(items)\(more)</ul>\n"
        }
        let (wrong, warnings) = (blocking.map(\.description) + failures, report.warnings(classes))
        if wrong.isEmpty && warnings.isEmpty { return "<p>None.</p>\n" }
        return Markup([
            part("To be mended before training:", wrong), part("To be known before training:", warnings),
        ])
    }

    private var classTable: Markup {
        let (images, colors) = (report.classImages, OverlayRenderer(colors: classes.colors).colors)
        let most = Double(report.classPixels.max() ?? 0)
        return .bars(
            classes.names.indices.map { number in
                let (pixels, share) = (report.classPixels[number], report.share(of: report.classPixels[number]))
                let name: Markup = "\(Markup.swatch(colors[number]))\(number) \(classes.names[number])"
                let value: Markup =
                    pixels == 0
                    ? "no pixel" : "\(Self.percent(share)), \(images[number]) image\(images[number] == 1 ? "" : "s")"
                return (name, most > 0 ? Double(pixels) / most : 0, value)
            })
    }

    private var sizes: Markup {
        let rows = report.sizesByCount.map { size, images -> [Markup] in
            ["\(size.width)", "\(size.height)", "\(images)"]
        }
        return PageTable([.number("width"), .number("height"), .number("images")], rows: rows).markup
    }

    private var explanation: Markup {
        let labels: Markup = """
            Pixels that belong to no class are not painted. Images were drawn by the seed so that, where there are \
            enough, every class is among them. Of each: the image, its labels
            """
        let samples: Markup =
            hasSamples
            ? ", and as training sees it, resized, cropped, coloured and padded as the configuration says."
            : "; with --config also as training sees it."
        return "<p class=\"note\">\(labels)\(samples)</p>\n"
    }

    private static func percent(_ share: Double) -> String {
        String(format: share > 0 && share < 0.001 ? "%.3f %%" : "%.1f %%", 100 * share)
    }
}

private func + (left: Markup, right: Markup) -> Markup { Markup([left, right]) }
