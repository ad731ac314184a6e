import Metrics
import Pages

extension EvaluationPage {
    /// Bytes of the rows of images at most; what is left out is in the file beside the page.
    private static let mostRowBytes = 1_500_000

    /// More colours nobody tells apart: they stand with the classes.
    private static let mostColors = 40

    /// The images from the worst to the best, with figures of the first and the last.
    func imagesSection(worst: ArraySlice<Markup>, best: ArraySlice<Markup>) -> Markup {
        func gallery(_ title: String, _ figures: ArraySlice<Markup>) -> Markup {
            figures.isEmpty ? "" : "<h3>\(title)</h3>\n\(Picture.gallery(Array(figures), areWide: true))"
        }
        let legends = sets.filter { !worst.isEmpty && $0.colors.count <= Self.mostColors }.map {
            Markup.legend($0.colors)
        }
        return "\(legends)\(gallery("Worst", worst))\(gallery("Best", best))\(list)"
    }

    /// An image with its score: what is true, and what was predicted.
    func figure(_ entry: ImageRanking<PicturedImage>.Entry) throws -> Markup {
        let row = images.rows[entry.place]
        let pictures = try entry.kept.pictures(of: row.image)
        let score: Markup = "\(images.columns.first ?? "") \(ScoreTable.cell(entry.score))"
        return Picture.figure(
            pictures, caption: "\(label(row))<br>\(score)\(pictures.count > 1 ? " · truth, prediction" : "")")
    }

    private func label(_ row: ImageScores.Row) -> Markup {
        sets.count > 1 ? "\(row.dataSet): \(row.image)" : "\(row.image)"
    }

    /// All images in a table, the worst first, those without a score last.
    private var list: Markup {
        let columns = shownColumns
        let ranked = images.rows.enumerated().map { (place: $0, row: $1, score: images.score(of: $1)) }.sorted {
            ($0.score.isNaN ? .infinity : $0.score, $0.place) < ($1.score.isNaN ? .infinity : $1.score, $1.place)
        }
        var (rows, bytes) = ([[Markup]](), 0)
        for (_, row, _) in ranked {
            let values = Dictionary(row.scores.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            let cells = [label(row)] + columns.map { "\(ScoreTable.cell(values[$0] ?? .nan))" }
            bytes += cells.reduce(0) { $0 + $1.html.utf8.count + 26 }
            if bytes > Self.mostRowBytes { break }
            rows.append(cells)
        }
        let rest = ranked.count - rows.count
        let note: Markup = rest > 0 ? "<p class=\"note\">\(rest) more are in \(ImageScores.fileName).</p>" : ""
        let table = PageTable([.text("image")] + columns.map { .number($0) }, rows: rows).markup
        return .details("\(ranked.count) images, the worst first", "\(table)\(note)")
    }

    /// The first three scores of each task; the file beside the page has all.
    private var shownColumns: [String] {
        var counts: [Substring: Int] = [:]
        return images.columns.filter { name in
            let task = name.prefix { $0 != "/" }
            counts[task, default: 0] += 1
            return counts[task, default: 0] <= 3
        }
    }
}
