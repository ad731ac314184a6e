import Checkpoints
import Foundation
import Metrics

/// The scores of one pass over predictions: for results.json, for progress lines, and for a person.
package struct ScoringReport: Sendable {
    /// detectron2's names, the task that counts most first.
    private let tasks: [(name: String, result: any EvaluationResult)]
    private let notes: [String]

    /// The results of evaluators in the order of the report. `notes` is what a person should know besides.
    package init(_ evaluators: [any Evaluator], notes: [String] = []) {
        tasks = evaluators.map { (type(of: $0).task, $0.result) }
        self.notes = notes
    }

    /// The text of results.json: the scores of each task, `{"sem_seg": {"mIoU": 61.2, ...}}`, in order. A score that
    /// is not a number, of a class without pixels, is null: JSON has no NaN.
    package var json: String {
        let objects = tasks.map { task in
            let lines = task.result.entries.map {
                "    \($0.name.jsonQuoted): \($0.value.isFinite ? "\($0.value)" : "null")"
            }
            return "  \(task.name.jsonQuoted): {\n" + lines.joined(separator: ",\n") + "\n  }"
        }
        return "{\n" + objects.joined(separator: ",\n") + "\n}\n"
    }

    /// Writes `results.json` into a folder. Throws `CheckpointError.unwritable`.
    package func write(to folder: String) throws { try AtomicFile.write(json, to: folder + "/results.json") }

    /// `sem_seg/mIoU`, …: the means of all tasks, then what belongs to one class.
    package var metrics: [(name: String, value: Double)] {
        func metrics(_ isWanted: (String) -> Bool) -> [(name: String, value: Double)] {
            tasks.flatMap { task in
                task.result.entries.filter { isWanted($0.name) }.map { (task.name + "/" + $0.name, $0.value) }
            }
        }
        // IoU-road, classScores.road.
        func isMean(_ name: String) -> Bool { !name.contains("-") && !name.contains(".") }
        return metrics(isMean) + metrics { !isMean($0) }
    }

    /// What a mean of `metrics` leaves out, by its name; nil where it is of everything.
    package func remark(of metric: String) -> String? {
        tasks.first { task in task.result.entries.first.map { task.name + "/" + $0.name } == metric }?.result.coverage
    }

    /// What the best weights have most of: PQ where it was scored, else mIoU or AP.
    package var score: Double { tasks.first?.result.entries.first?.value ?? .nan }

    /// Tables and notes in lines for a terminal.
    package var lines: [String] {
        tasks.flatMap { [""] + $0.result.table().components(separatedBy: "\n") }
            + notes.map { "note: \($0)" }
    }
}
