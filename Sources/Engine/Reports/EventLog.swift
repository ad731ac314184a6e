import EventFiles

/// The event file of a session of a run, for TensorBoard: every loss (`loss/…`), everything else that a step measures
/// (`train/…`), every score, and panels of a few images. Steps are counted as in `metrics.jsonl`.
package final class EventLog: TrainingObserver {
    private let file: EventFile

    /// Begins the file of a session in an output folder that goes on after so many steps. Throws
    /// `FileError.unwritable`.
    package init(folder: String, completedSteps: Int) throws {
        file = try EventFile(in: folder, fromStep: completedSteps)
    }

    /// Adds what an event measures. Throws `FileError.unwritable`, but not for a full disk.
    package func receive(_ event: TrainingEvent) throws {
        switch event {
        case .step(let report):
            try file.add(
                step: report.step,
                values: report.losses.map { ("loss/" + $0.name, $0.value) }
                    + report.measures.map { ("train/" + $0.name, $0.value) })
        case .evaluated(let step, let summary, _):
            try file.add(step: step, values: summary.metrics.map { (Self.tag($0), $0.value) })
            try file.add(step: step, pictures: summary.panels.map { ("panels/" + $0.name, $0) })
        case .evaluating, .saved, .note: break
        }
    }

    /// Writes what waits for room on the disk. Throws `FileError.unwritable`.
    package func finish() throws { try file.finish() }

    /// TensorBoard shows tags in groups by what stands before the first `/`: scores of classes stand apart, as
    /// `sem_seg_classes/IoU-road`, since they are many.
    private static func tag(_ metric: EvaluationSummary.Metric) -> String {
        guard metric.isOfClass, let slash = metric.name.firstIndex(of: "/") else { return metric.name }
        return metric.name[..<slash] + "_classes" + metric.name[slash...]
    }
}
