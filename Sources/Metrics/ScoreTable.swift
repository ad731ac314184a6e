/// Names and scores in columns for a terminal: rows, a rule, means. A dash stands for a score that does not
/// exist.
package struct ScoreTable {
    package typealias Row = (name: String, scores: [Double])

    /// The names of the columns; the first is that of the names.
    package let header: [String]
    package let rows: [Row]
    package let means: [Row]

    /// The lines, without an end of line after the last.
    var text: String { Self.lines([[header], rows.map(cells), means.map(cells)]).joined(separator: "\n") }

    /// Parts of rows of cells, with a rule between; the first column to the left, the others to the right.
    package static func lines(_ parts: [[[String]]]) -> [String] {
        let columns = parts.joined().map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in parts.joined().map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            zip(cells, widths).enumerated().map { column, cell in
                let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
                return column == 0 ? cell.0 + padding : padding + cell.0
            }.joined(separator: "  ")
        }
        let rule = String(repeating: "-", count: widths.reduce(0, +) + 2 * (widths.count - 1))
        return Array(parts.map { $0.map(line) }.joined(separator: [rule]))
    }

    private func cells(_ row: Row) -> [String] {
        precondition(
            row.scores.count == header.count - 1, "ScoreTable: \(row.scores.count) scores, \(header.count) columns")
        return [row.name] + row.scores.map(Self.cell)
    }

    /// A percentage with two decimals, as the papers print them.
    package static func cell(_ percent: Double) -> String {
        guard percent.isFinite else { return "-" }
        let hundredths = Int((abs(percent) * 100).rounded())
        let decimals = String(hundredths % 100)
        return "\(percent < 0 ? "-" : "")\(hundredths / 100)."
            + (decimals.count == 1 ? "0" + decimals : decimals)
    }
}
