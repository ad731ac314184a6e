import Metrics

/// Two results.json beside each other: the means, each class, and what they were made with.
package struct ResultsComparison {
    private let first: ResultsFile, second: ResultsFile

    /// The files, or the folders that hold them. Throws `InputError` for what is no results.json.
    package init(_ first: String, _ second: String) throws {
        self.first = try ResultsFile(first)
        self.second = try ResultsFile(second)
    }

    /// Lines for a terminal.
    package var lines: [String] {
        let names = first.tasks.map(\.name).filter { name in second.tasks.contains { $0.name == name } }
        let lonely = [(first, "A"), (second, "B")].flatMap { file, letter in
            file.tasks.filter { !names.contains($0.name) }.map { "only in \(letter): \($0.name)" }
        }
        return ["A: \(first.path)", "B: \(second.path)"] + names.flatMap(tables) + (lonely.isEmpty ? [] : [""]) + lonely
            + circumstances
    }

    /// The means of a task that both have, and its first measure of each class.
    private func tables(_ task: String) -> [String] {
        let scores = [first, second].map { $0[task] }
        let names = scores[0].map(\.0).filter { name in scores[1].contains { $0.0 == name } }
        let values = scores.map { Dictionary($0, uniquingKeysWith: { first, _ in first }) }
        func row(_ name: String, _ title: String) -> Row {
            Row(title: title, first: values[0][name] ?? .nan, second: values[1][name] ?? .nan)
        }
        let means = names.filter(ScoringReport.isMean).map { row($0, $0) }
        let measure = Self.measures.first { measure in names.contains { $0.hasPrefix(measure) } }
        let classes = measure.map { measure in
            Self.classTable(
                measure, names.filter { $0.hasPrefix(measure) }.map { row($0, String($0.dropFirst(measure.count))) })
        }
        return Self.table(task, means) + (classes ?? [])
    }

    /// What scores of one class begin with, of each task what counts most.
    private static let measures = ["PQ-", "IoU-", "AP-", "classScores."]

    private struct Row {
        let title: String
        let first: Double, second: Double
        var difference: Double { second - first }
    }

    private static func classTable(_ measure: String, _ rows: [Row]) -> [String] {
        // The greatest loss first; what cannot be compared last.
        let sorted = rows.enumerated().sorted {
            ($0.element.difference.isNaN ? .infinity : $0.element.difference, $0.offset)
                < ($1.element.difference.isNaN ? .infinity : $1.element.difference, $1.offset)
        }.map(\.element)
        func count(_ isWanted: (Double) -> Bool) -> Int { rows.count { isWanted($0.difference) } }
        let summary = "\(count { $0 > 0 }) better, \(count { $0 < 0 }) worse, \(count { $0 == 0 }) the same"
        return table(String(measure.dropLast()) + " of classes", sorted) + [summary]
    }

    private static func table(_ title: String, _ rows: [Row]) -> [String] {
        let body = rows.map { row in
            let sign = row.difference > 0 ? "+" : ""
            return [
                row.title, ScoreTable.cell(row.first), ScoreTable.cell(row.second),
                sign + ScoreTable.cell(row.difference),
            ]
        }
        return [""] + ScoreTable.lines([[[title, "A", "B", "B - A"]], body])
    }

    /// Where the two runs differ.
    private var circumstances: [String] {
        let names = Set(first.run.keys).union(second.run.keys).sorted()
        let different = names.filter { first.run[$0] != second.run[$0] }
        if different.isEmpty { return [] }
        return ["", "made with different"]
            + different.map { "  \($0): \(first.run[$0] ?? "-") | \(second.run[$0] ?? "-")" }
    }
}
