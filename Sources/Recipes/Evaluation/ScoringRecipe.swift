import Datasets
import Engine
import Files
import Scoring

/// Scores predictions that lie on disk, whoever made them.
package enum ScoringRecipe {
    /// Scores the predictions in `folder`, shows the tables and writes `results.json` into `output`, where it replaces
    /// one that this program did not write only if it `overwrites`; returns the exit status. The ground truth is at
    /// `truth`, or that of DATASETS.TEST of `setup`; `allowsOutside` says whether lists may name files anywhere.
    /// Predictions for several data sets lie in a folder each. Throws one typed error for whatever is wrong.
    package static func run(
        folder: String, format: any PredictionFormat.Type, truth: String?, allowsOutside: Bool, setup: RunSetup?,
        output: String, overwrites: Bool = false, console: Console
    ) throws -> Int32 {
        let results = try OutputFolder(output, overwrites: overwrites, note: console.line)
        defer { results.close() }
        try results.list.require([EvaluationReport.fileName])
        defer { console.endLive() }
        let run = setup?.configuration
        let names = run?.datasets.test ?? []
        func source(_ names: [String], _ open: @escaping () throws -> SegmentationDataset?) -> PredictionTruth {
            PredictionTruth(
                path: truth, names: names, root: run?.datasets.root,
                allowsOutside: allowsOutside || run?.datasets.allowsOutside ?? false,
                meanRule: run?.test.meanRule ?? .detectron2, open: open)
        }
        var sources: [(name: String, folder: String, truth: PredictionTruth)] = []
        if let run, names.count > 1, truth == nil {
            let sets = try run.openTestData(note: console.line)
            let folders = PredictionFolders.of(sets.map(\.name), in: folder)
            for (index, name) in names.enumerated() {
                sources.append((name, folders[index], source([name]) { sets[index] }))
            }
        } else {
            let source = source(names) { try run?.openTestData(note: console.line).first }
            sources.append((names.first ?? folder, folder, source))
        }
        let reports = try sources.map { source in
            let progress = ImageProgress(console, verb: "scored")
            return (source.name, try format.read(source.folder, source.truth).score(progress: progress.show))
        }
        let record = EvaluationRecord(run, predictions: folder, format: format.name)
        let report = EvaluationReport(reports, record: record.json)
        report.lines.forEach(console.line)
        try report.write(to: results)
        console.line("\nresults: \(output)/\(EvaluationReport.fileName)\n")
        report.summary.forEach(console.line)
        return 0
    }
}
