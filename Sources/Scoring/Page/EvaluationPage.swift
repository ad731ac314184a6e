import Annotations
import Images
import Pages

/// The page that shows an evaluation: scores, what is taken for what, the worst and the best images, and what all of
/// it was made with.
package struct EvaluationPage {
    /// A data set.
    package struct DataSet {
        let name: String
        let colors: [(name: String, color: RGBColor)]

        /// Without classes nothing has a colour.
        package init(_ name: String, _ classes: ClassTable?) {
            self.name = name
            colors = classes.map { Array(zip($0.names, OverlayRenderer(colors: $0.colors).colors)) } ?? []
        }
    }

    /// A name and a value of a list.
    package typealias Fact = (name: String, value: String)

    let report: EvaluationReport
    let images: ImageScores
    /// The data sets of the report, as a person calls them, with the colours of their classes as they are drawn.
    let sets: [DataSet]
    /// What was scored and by what.
    private let origin: [Fact]
    /// Every key.
    private let configuration: [Fact]
    /// Figures of the worst images, and of the best.
    private var worst: [Markup] = [], best: [Markup] = []

    /// `sets` are those of `report`, whose images `images` has; without `pictured` none is drawn.
    /// Throws `InputError` where a picture cannot be encoded.
    package init(
        _ report: EvaluationReport, _ images: ImageScores, of sets: [DataSet],
        pictured: ImageRanking<PicturedImage>?, origin: [Fact], configuration: [Fact]
    ) throws {
        precondition(sets.count == report.sets.count, "EvaluationPage: \(sets.count) data sets")
        self.report = report
        self.images = images
        self.sets = sets
        self.origin = origin
        self.configuration = configuration
        worst = try pictured?.lowest.map(figure) ?? []
        best = try pictured?.highest.map(figure) ?? []
    }

    /// The file that `html` is written to.
    package static let fileName = "report.html"

    /// Bytes of the page at most.
    static let mostBytes = 5_000_000

    /// The page's text; `speed` says how long the evaluation took.
    package func html(speed: [Fact]) -> String {
        let plain = page(speed, images: imagesSection(worst: [], best: [])).html
        if worst.isEmpty { return plain }
        // Only pictures of uncommon kinds do not fit; the best can be spared.
        var (room, fitting) = (Self.mostBytes - plain.utf8.count - 1000, 0)
        for figure in worst + best {
            room -= figure.html.utf8.count
            if room < 0 { break }
            fitting += 1
        }
        let shown = imagesSection(
            worst: worst.prefix(fitting), best: best.prefix(max(0, fitting - worst.count)))
        return page(speed, images: shown).html
    }

    private func page(_ speed: [Fact], images: Markup) -> Page {
        let names = sets.map(\.name).joined(separator: ", ")
        let origin = origin.map { fact -> Markup in "<div>\(fact.name): <code>\(fact.value)</code></div>\n" }
        let settings = configuration.map { fact -> [Markup] in
            ["<code>\(fact.name)</code>", "<code>\(fact.value)</code>"]
        }
        let confusion = confusionSection
        return Page(
            title: "Evaluation on \(names)", lead: Markup(origin),
            [
                Page.Section("scores", "Scores", scoresSection),
                Page.Section("classes", "Classes", classesSection),
            ]
                + (confusion == .empty ? [] : [Page.Section("confusion", "Confusion", confusion)])
                + [
                    Page.Section("images", "Images", images)
                ]
                + (speed.isEmpty ? [] : [Page.Section("speed", "Speed", Self.list(speed))])
                + [
                    Page.Section(
                        "configuration", "Configuration",
                        settings.isEmpty
                            ? "<p>None was given.</p>"
                            : .details(
                                "\(settings.count) keys",
                                PageTable([.text("key"), .text("value")], rows: settings).markup)
                    )
                ])
    }

    private static func list(_ facts: [Fact]) -> Markup {
        PageTable([.text("what"), .text("value")], rows: facts.map { ["\($0.name)", "\($0.value)"] }).markup
    }

    /// A heading where there are several data sets.
    func heading(_ set: DataSet) -> Markup { sets.count > 1 ? "<h3>\(set.name)</h3>\n" : "" }
}
