import Metrics
import Pages

extension EvaluationPage {
    /// The means of all tasks.
    var scoresSection: Markup {
        Markup(
            zip(report.sets, sets).map { set, data in
                let tasks = set.report.means.map { task -> Markup in
                    let first = task.entries.first?.name ?? ""
                    // Means over things and over stuff alone only of what counts most.
                    let shown = task.entries.filter { !$0.name.contains("_") || $0.name.hasPrefix(first) }
                    let tiles = shown.map { ($0.name, Markup.number($0.value, ScoreTable.cell($0.value))) }
                    let remark = set.report.remark(of: "\(task.task)/\(first)").map { ": \(first) \($0)" } ?? ""
                    return "<p class=\"note\">\(task.task), \(task.title)\(remark)</p>\n\(.tiles(tiles))"
                }
                let notes = set.report.notes.map { note -> Markup in "<p class=\"note\">\(note)</p>\n" }
                return "\(heading(data))\(tasks)\(notes)"
            })
    }

    /// The scores of each class by all tasks, with a bar for the first.
    var classesSection: Markup {
        Markup(
            zip(report.sets, sets).flatMap { set, data -> [Markup] in
                [heading(data)]
                    + set.report.tasks.map { task in
                        "<p class=\"note\">\(type(of: task.result).title)</p>\n\(table(task.result.scores, data))"
                    }
            })
    }

    private func table(_ scores: ScoreTable, _ data: DataSet) -> Markup {
        let colors = Dictionary(data.colors.map { ($0.name, $0.color) }, uniquingKeysWith: { first, _ in first })
        func row(_ row: ScoreTable.Row) -> [Markup] {
            let swatch = colors[row.name].map(Markup.swatch) ?? ""
            return ["\(swatch)\(row.name)", .bar((row.scores.first ?? .nan) / 100)]
                + row.scores.map { Markup.number($0, ScoreTable.cell($0)) }
        }
        return PageTable(
            [.text(scores.header[0]), .bar("")] + scores.header.dropFirst().map { .number($0) },
            rows: scores.rows.map(row), foot: scores.means.map(row)
        ).markup
    }

    /// Which classes are taken for which, of label maps; empty where there are none.
    var confusionSection: Markup {
        Markup(
            zip(report.sets, sets).flatMap { set, data -> [Markup] in
                set.report.tasks.compactMap { $0.result as? SemanticResult }.map { result in
                    "\(heading(data))\(confusion(result.confusion, result.classNames))"
                }
            })
    }

    private func confusion(_ pixels: ConfusionMatrix, _ names: [String]) -> Markup {
        let totals = pixels.truthTotals
        let all = Double(totals.reduce(0, +))
        let shares = names.indices.map { truth in
            names.indices.map { Double(pixels[$0, truth]) / Double(totals[truth]) }
        }
        let mistakes = names.indices.flatMap { truth in
            names.indices.filter { $0 != truth && pixels[$0, truth] > 0 }.map { (truth: truth, said: $0) }
        }
        let worst = mistakes.sorted { pixels[$0.said, $0.truth] > pixels[$1.said, $1.truth] }.prefix(15)
        let rows = worst.map { mistake -> [Markup] in
            let share = Double(pixels[mistake.said, mistake.truth]) / all
            return [
                "\(names[mistake.truth])", "\(names[mistake.said])",
                "\(ScoreTable.cell(100 * shares[mistake.truth][mistake.said]))", "\(ScoreTable.cell(100 * share))",
            ]
        }
        let columns: [PageTable.Column] = [
            .text("true class"), .text("taken for"), .number("% of the class"), .number("% of all pixels"),
        ]
        let matrix = PageMatrix(names, shares: shares, rows: "true classes", columns: "predicted classes").markup
        let list = PageTable(columns, rows: rows).markup
        return rows.isEmpty ? matrix : "\(matrix)<h3>Most frequent mistakes</h3>\n\(list)"
    }
}
