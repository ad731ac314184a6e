import Files

/// The means of every image by itself.
package struct ImageScores: Sendable {
    /// One image.
    package struct Row: Sendable {
        /// Its data set, by the name of DATASETS.TEST.
        package let dataSet: String
        /// Its name in it.
        package let image: String
        /// `sem_seg/mIoU`, …
        package let scores: [(name: String, value: Double)]
    }

    /// In the order of evaluation.
    package private(set) var rows: [Row] = []
    /// The names of all scores, in the order of the first image that has them.
    package private(set) var columns: [String] = []

    package init() {}

    /// Adds the next image, whose scores are those of `report`; gives the score that images are ranked by, NaN where
    /// it has none.
    @discardableResult
    package mutating func add(_ image: String, of dataSet: String, _ report: ScoringReport) -> Double {
        let scores = report.means.flatMap { task in
            task.entries.map { (name: "\(task.task)/\($0.name)", value: $0.value) }
        }
        for score in scores where !columns.contains(score.name) { columns.append(score.name) }
        rows.append(Row(dataSet: dataSet, image: image, scores: scores))
        return score(of: rows[rows.count - 1])
    }

    /// What images are ranked by: the first column.
    package func score(of row: Row) -> Double {
        guard let first = row.scores.first, first.name == columns.first else { return .nan }
        return first.value
    }

    /// The file that `csv` is written to.
    package static let fileName = "per_image.csv"

    /// A line an image below the names of the columns, as RFC 4180 has it; nothing where there is no score.
    package var csv: String {
        let lines = rows.map { row -> [String] in
            let values = Dictionary(row.scores.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
            return [row.dataSet, row.image]
                + columns.map { values[$0].map { $0.isFinite ? "\($0)" : "" } ?? "" }
        }
        return ([["data_set", "image"] + columns] + lines).map { line in
            line.map(Self.cell).joined(separator: ",") + "\n"
        }.joined()
    }

    private static func cell(_ text: String) -> String {
        let isPlain = !text.contains { $0 == "," || $0 == "\"" || $0.isNewline }
        return isPlain
            ? text
            : "\""
                + text.split(separator: "\"", omittingEmptySubsequences: false)
                .joined(separator: "\"\"") + "\""
    }
}
