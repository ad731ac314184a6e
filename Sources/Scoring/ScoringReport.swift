import Checkpoints
import Foundation
import Metrics

/// The scores of one pass over predictions for a data set: for results.json, for progress lines, and for a person.
package struct ScoringReport: Sendable {
    /// detectron2's names, the task that counts most first.
    let tasks: [(name: String, result: any EvaluationResult)]
    let notes: [String]
    private let suffix: String

    /// The results of evaluators in the order of the report. `notes` is what a person should know besides. Scores of
    /// `augmented` inference (TEST.AUG) stand below names of their own, `sem_seg_TTA`, as detectron2 has it.
    package init(_ evaluators: [any Evaluator], notes: [String] = [], augmented: Bool = false) {
        suffix = augmented ? "_TTA" : ""
        tasks = evaluators.map { (type(of: $0).task, $0.result) }
        self.notes = notes
    }

    /// The scores of each task; one that two programs score has the names of both.
    private var sections: [(task: String, entries: [(name: String, value: Double)])] {
        var sections: [(task: String, entries: [(name: String, value: Double)])] = []
        for task in tasks {
            let more = [(task.name, task.result.entries), task.result.detectron2Means].compactMap(\.self)
            for (name, entries) in more {
                if let index = sections.firstIndex(where: { $0.task == name + suffix }) {
                    sections[index].entries += entries
                } else {
                    sections.append((name + suffix, entries))
                }
            }
        }
        return sections
    }

    /// Members of a JSON object, one a task: `"sem_seg": {"mIoU": 61.2, ...}`, in order. A score that is not a number,
    /// of a class without pixels, is null: JSON has no NaN.
    var members: [(name: String, value: String)] {
        sections.map { section in
            (section.task, jsonObject(section.entries.map { ($0.name, $0.value.isFinite ? "\($0.value)" : "null") }))
        }
    }

    /// `sem_seg/mIoU`, …: the means of all tasks, then what belongs to one class.
    package var metrics: [(name: String, value: Double, isOfClass: Bool)] {
        let all = sections.flatMap { section in
            section.entries.map { (section.task + "/" + $0.name, $0.value, !Self.isMean($0.name)) }
        }
        return all.filter { !$0.2 } + all.filter(\.2)
    }

    /// Neither IoU-road nor classScores.road.
    static func isMean(_ name: String) -> Bool { !name.contains("-") && !name.contains(".") }

    /// What a mean of `metrics` leaves out, by its name; nil where it is of everything.
    package func remark(of metric: String) -> String? {
        tasks.first { task in task.result.entries.first.map { task.name + suffix + "/" + $0.name } == metric }?
            .result.coverage
    }

    /// What the best weights have most of: PQ where it was scored, else mIoU or AP.
    package var score: Double { tasks.first?.result.entries.first?.value ?? .nan }

    /// Tables, each below what it shows and by whose rules, and notes, in lines for a terminal.
    package var lines: [String] {
        tasks.flatMap { task in
            ["", "\(task.name)\(suffix): \(type(of: task.result).title)"]
                + task.result.table().components(separatedBy: "\n")
        } + notes.map { "note: \($0)" }
    }

    /// The means of each table in percent, by detectron2's names, and by whose rules they are.
    var means: [(task: String, title: String, entries: [(name: String, value: Double)])] {
        tasks.map { task in
            let means = task.result.detectron2Means
            return (
                (means?.task ?? task.name) + suffix, type(of: task.result).title,
                means?.entries ?? task.result.entries.filter { Self.isMean($0.name) }
            )
        }
    }

    /// The means of each table in a line.
    package var summary: [String] {
        means.map { task in
            "\(task.task): "
                + task.entries.map { "\($0.name) \(ScoreTable.cell($0.value))" }.joined(separator: "  ")
                + "  (\(task.title))"
        }
    }
}
