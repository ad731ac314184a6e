import Engine
import Metrics

/// The scores of one pass over predictions: for results.json, for progress lines, and for a person.
package struct ScoringReport: Sendable {
    private struct Task: Sendable {
        let name: String
        let entries: [(name: String, value: Double)]
        let table: String
    }

    /// By detectron2's names, the one that counts most first.
    private var tasks: [Task] = []
    /// What a person should know besides.
    package var notes: [String] = []

    /// Nothing scored.
    package init() {}

    /// `panoptic_seg`.
    mutating func add(_ result: PanopticQuality) { add("panoptic_seg", result.entries, result.table()) }
    /// `sem_seg`.
    mutating func add(_ result: SemanticResult) { add("sem_seg", result.entries, result.table()) }
    /// `segm`, by COCO's rules.
    mutating func add(_ result: InstanceResult) { add("segm", result.entries, result.table()) }
    /// `segm`, by Cityscapes' rules.
    mutating func add(_ result: CityscapesInstanceResult) { add("segm", result.entries, result.table()) }
    /// `cityscapes`.
    mutating func add(_ result: CityscapesResult) { add("cityscapes", result.entries, result.table()) }

    private mutating func add(_ name: String, _ entries: [(name: String, value: Double)], _ table: String) {
        tasks.append(Task(name: name, entries: entries, table: table))
    }

    /// Writes `results.json`. Throws `MetricsError`.
    func write(to folder: String) throws {
        try ResultsFile(tasks.map { (name: $0.name, entries: $0.entries) }).write(to: folder + "/results.json")
    }

    /// `sem_seg/mIoU`, …: the means of all tasks, then what belongs to one class.
    var summary: EvaluationSummary {
        func metrics(_ isWanted: (String) -> Bool) -> [EvaluationSummary.Metric] {
            tasks.flatMap { task in
                task.entries.filter { isWanted($0.name) }.map { .init(task.name + "/" + $0.name, $0.value) }
            }
        }
        // IoU-road, classScores.road.
        func isMean(_ name: String) -> Bool { !name.contains("-") && !name.contains(".") }
        // What the best weights have most of: PQ where it was scored, else mIoU or AP.
        let score = tasks.first?.entries.first?.value ?? .nan
        return EvaluationSummary(metrics: metrics(isMean) + metrics { !isMean($0) }, score: score)
    }

    /// Tables and notes in lines for a terminal.
    var lines: [String] {
        tasks.flatMap { [""] + $0.table.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) }
            + notes.map { "note: \($0)" }
    }
}
