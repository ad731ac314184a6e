import Checkpoints
import Files
import Foundation

/// The scores of one data set, or of several, each by itself, and what they were made with.
package struct EvaluationReport: Sendable {
    let sets: [(name: String, report: ScoringReport)]
    /// A JSON object.
    private let record: String

    /// `sets` are the data sets by the names of DATASETS.TEST, at least one; `record` is a JSON object that says what
    /// the scores were made with.
    package init(_ sets: [(name: String, report: ScoringReport)], record: String) {
        precondition(!sets.isEmpty, "EvaluationReport: no data set")
        self.sets = sets
        self.record = record
    }

    private var isSingle: Bool { sets.count == 1 }

    /// The text of results.json: the scores of each task, below the data set's name where there are several, as in
    /// detectron2's results; last `run`, the record.
    package var json: String {
        let scores = isSingle ? sets[0].report.members : sets.map { ($0.name, jsonObject($0.report.members)) }
        return jsonObject(scores + [("run", record)]) + "\n"
    }

    /// The file that `write` makes.
    package static let fileName = "results.json"

    /// Writes `results.json` into a folder. Throws `FileError`.
    package func write(to folder: OutputFolder) throws(FileError) {
        try AtomicFile.write(json, to: folder.path + "/" + Self.fileName, listed: folder.list)
    }

    /// `sem_seg/mIoU`, …; of several data sets `NAME/sem_seg/mIoU`, ….
    package var metrics: [(name: String, value: Double, isOfClass: Bool)] {
        sets.flatMap { set in
            set.report.metrics.map { (isSingle ? $0.name : "\(set.name)/\($0.name)", $0.value, $0.isOfClass) }
        }
    }

    /// What a mean of `metrics` leaves out, by its name; nil where it is of everything.
    package func remark(of metric: String) -> String? {
        sets.lazy.compactMap { set in
            set.report.remark(of: isSingle ? metric : String(metric.dropFirst(set.name.count + 1)))
        }.first
    }

    /// What the best weights have most of, on the first data set.
    package var score: Double { sets[0].report.score }

    /// The tables of each data set in lines for a terminal.
    package var lines: [String] {
        sets.flatMap { (isSingle ? [] : ["", "== \($0.name)"]) + $0.report.lines }
    }

    /// The means alone, to be seen at the end.
    package var summary: [String] {
        sets.flatMap { set in
            isSingle ? set.report.summary : ["\(set.name):"] + set.report.summary.map { "  " + $0 }
        }
    }
}
