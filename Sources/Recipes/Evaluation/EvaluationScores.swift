import Metrics

/// What one pass over a data set found out: the scores of each task that was on.
struct EvaluationScores {
    /// Class by class, of pixels.
    let semantic: SemanticResult
    /// Of segments; nil where the configuration or the data set has no panoptic task.
    let panoptic: PanopticQuality?

    /// Tasks by detectron2's names, the one that counts most first: progress lines show the first means.
    private var tasks: [(name: String, entries: [(name: String, value: Double)])] {
        (panoptic.map { [(name: "panoptic_seg", entries: $0.entries)] } ?? [])
            + [(name: "sem_seg", entries: semantic.entries)]
    }

    /// `results.json`.
    var file: ResultsFile { ResultsFile(tasks) }

    /// `sem_seg/mIoU`, …: the means of all tasks, then the classes.
    var metrics: [(name: String, value: Double)] {
        let all = tasks.flatMap { task in
            task.entries.map { (name: task.name + "/" + $0.name, value: $0.value) }
        }
        return all.filter { !$0.name.contains("-") } + all.filter { $0.name.contains("-") }
    }

    /// What the best weights have most of: PQ where it was scored, else mIoU.
    var score: Double { panoptic?.all.pq ?? semantic.meanIoU }

    /// The scores in lines for a terminal.
    var lines: [String] {
        let tables = [semantic.table(), panoptic?.table()].compactMap(\.self)
        return tables.joined(separator: "\n\n").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init)
    }
}
