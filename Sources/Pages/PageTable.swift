/// A table of a page: text on the left, numbers on the right of their columns, bars as wide as there is room.
package struct PageTable: Sendable {
    /// A column by its title.
    package struct Column: Sendable {
        let title: String
        /// The class of its cells in the style sheet.
        let look: Markup

        package static func text(_ title: String) -> Column { Column(title: title, look: "") }
        package static func number(_ title: String) -> Column { Column(title: title, look: "number") }
        package static func bar(_ title: String) -> Column { Column(title: title, look: "bar") }
    }

    private let columns: [Column]
    private let rows: [[Markup]]
    private let foot: [[Markup]]

    /// A cell a column in each row; `foot` are means or sums below.
    package init(_ columns: [Column], rows: [[Markup]], foot: [[Markup]] = []) {
        precondition((rows + foot).allSatisfy { $0.count == columns.count }, "PageTable: cells and columns differ")
        self.columns = columns
        self.rows = rows
        self.foot = foot
    }

    /// The table, in a box of its own that scrolls where it is wider than the page.
    package var markup: Markup {
        let titles = columns.map { column -> Markup in
            column.look == "" ? "<th>\(column.title)</th>" : "<th class=\"\(column.look)\">\(column.title)</th>"
        }
        let end: Markup = foot.isEmpty ? "" : "<tfoot>\n\(foot.map(line))</tfoot>\n"
        return """
            <div class="scroll"><table>
            <thead><tr>\(titles)</tr></thead>
            <tbody>
            \(rows.map(line))</tbody>
            \(end)</table></div>

            """
    }

    private func line(_ cells: [Markup]) -> Markup {
        let cells = zip(columns, cells).map { column, cell -> Markup in
            column.look == "" ? "<td>\(cell)</td>" : "<td class=\"\(column.look)\">\(cell)</td>"
        }
        return "<tr>\(cells)</tr>\n"
    }
}
