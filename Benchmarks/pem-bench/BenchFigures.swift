import Foundation

/// A row of the tables that a bench prints.
package struct BenchFigures: Equatable {
    /// The work.
    package let name: String
    /// Best of its rounds.
    package let seconds: Double
    /// Peak memory, where the table has it.
    package let gigabytes: Double?

    package init(name: String, seconds: Double, gigabytes: Double?) {
        (self.name, self.seconds, self.gigabytes) = (name, seconds, gigabytes)
    }

    /// The rows of every table of a Markdown text that has a column "seconds".
    package static func parse(_ markdown: String) -> [BenchFigures] {
        var (rows, header): ([BenchFigures], [String]?) = ([], nil)
        for line in markdown.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("| "), line.hasSuffix(" |") else {
                header = nil
                continue
            }
            let cells = line.dropFirst(2).dropLast(2).components(separatedBy: " | ")
            guard let columns = header else {
                header = cells
                continue
            }
            guard cells.count == columns.count, let place = columns.firstIndex(of: "seconds"),
                let seconds = Double(cells[place])
            else { continue }
            let memory = columns.firstIndex(of: "peak memory").map { cells[$0] }
            rows.append(
                BenchFigures(
                    name: cells[0], seconds: seconds,
                    gigabytes: memory.flatMap { $0.hasSuffix(" GB") ? Double($0.dropLast(3)) : nil }))
        }
        return rows
    }
}
