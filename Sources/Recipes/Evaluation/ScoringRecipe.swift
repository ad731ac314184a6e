import Checkpoints
import Engine
import Scoring

/// Scores predictions that lie on disk, whoever made them.
package enum ScoringRecipe {
    /// Scores the predictions in `folder`, shows the tables and writes `results.json` into `output`; returns the exit
    /// status. The ground truth is at `truth`, or that of DATASETS.TEST of `setup`; predictions for several data sets
    /// lie in a folder each. Throws one typed error for whatever is wrong.
    package static func run(
        folder: String, format: any PredictionFormat.Type, truth: String?, setup: RunSetup?, output: String,
        console: Console
    ) throws -> Int32 {
        defer { console.endLive() }
        let run = setup?.configuration
        let names = run?.datasets.test ?? []
        var sources: [(name: String, folder: String, truth: PredictionTruth)] = []
        if let run, names.count > 1, truth == nil {
            let sets = try run.openTestData(note: console.line)
            for (index, name) in names.enumerated() {
                sources.append(
                    (
                        name, SetFolders(sets).path(index, in: folder),
                        PredictionTruth(path: nil, names: [name], root: run.datasets.root) { sets[index] }
                    ))
            }
        } else {
            let source = PredictionTruth(path: truth, names: names, root: run?.datasets.root) {
                try run?.openTestData(note: console.line).first
            }
            sources.append((names.first ?? folder, folder, source))
        }
        let reports = try sources.map { source in
            let progress = ImageProgress(console, verb: "scored")
            return (source.name, try format.read(source.folder, source.truth).score(progress: progress.show))
        }
        let record = EvaluationRecord(run, predictions: folder, format: format.name)
        let report = EvaluationReport(reports, record: record.json)
        report.lines.forEach(console.line)
        try AtomicFile.makeFolder(output)
        try report.write(to: output)
        console.line("\nresults: \(output)/results.json\n")
        report.summary.forEach(console.line)
        return 0
    }
}
