import Datasets
import Engine
import Files
import Scoring

/// Scores predictions that lie on disk, whoever made them.
package enum ScoringRecipe {
    /// Scores the predictions in `folder`, shows the tables and writes `results.json` into `output`, and where it
    /// `makesPage` a page and a table of all images; files that this program did not write are replaced only if it
    /// `overwrites`. Returns the exit status. The ground truth is at
    /// `truth`, or that of DATASETS.TEST of `setup`; `allowsOutside` says whether lists may name files anywhere.
    /// Predictions for several data sets lie in a folder each. Throws one typed error for whatever is wrong.
    package static func run(
        folder: String, format: any PredictionFormat.Type, truth: String?, allowsOutside: Bool, setup: RunSetup?,
        output: String, overwrites: Bool = false, makesPage: Bool = true, console: Console
    ) throws -> Int32 {
        let results = try OutputFolder(output, overwrites: overwrites, note: console.line)
        defer { results.close() }
        try results.list.require([EvaluationReport.fileName] + (makesPage ? EvaluationPageFiles.names : []))
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
        var images = ImageScores()
        let reports = try sources.map { source in
            let progress = ImageProgress(console, verb: "scored")
            let report = try format.read(source.folder, source.truth).score(progress: progress.show) { name, alone in
                if makesPage { images.add(name, of: source.name, ScoringReport(alone)) }
            }
            return (source.name, report)
        }
        let record = EvaluationRecord(run, predictions: folder, format: format.name)
        let report = EvaluationReport(reports, record: record.json)
        report.lines.forEach(console.line)
        try report.write(to: results)
        console.line("\nresults: \(output)/\(EvaluationReport.fileName)")
        if makesPage {
            let page = try EvaluationPage(
                report, images, of: reports.map { .init($0.0, run?.classTable) }, pictured: nil, origin: record.origin,
                configuration: record.configuration)
            let files = EvaluationPageFiles(page: page.html(speed: []), images: images)
            console.line("report: \(try files.write(to: results))")
        }
        console.line("")
        report.summary.forEach(console.line)
        return 0
    }
}
