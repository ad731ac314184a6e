import Engine
import Files
import Scoring

/// Scores predictions that lie on disk, whoever made them.
package enum ScoringRecipe {
    /// Scores the predictions in `folder`, shows the tables and writes `results.json` into `output`, where it replaces
    /// one that this program did not write only if it `overwrites`; returns the exit status. The ground truth is at
    /// `truth`, or that of DATASETS.TEST of `setup`; `allowsOutside` says whether lists may name files anywhere. Throws
    /// one typed error for whatever is wrong.
    package static func run(
        folder: String, format: any PredictionFormat.Type, truth: String?, allowsOutside: Bool, setup: RunSetup?,
        output: String, overwrites: Bool = false, console: Console
    ) throws -> Int32 {
        let results = try OutputFolder(output, overwrites: overwrites, note: console.line)
        defer { results.close() }
        try results.list.require([ScoringReport.fileName])
        defer { console.endLive() }
        let progress = ImageProgress(console, verb: "scored")
        let run = setup?.configuration
        let source = PredictionTruth(
            path: truth, names: run?.datasets.test ?? [], root: run?.datasets.root,
            allowsOutside: allowsOutside || run?.datasets.allowsOutside ?? false
        ) {
            try run?.openTestData(note: console.line)
        }
        let report = try format.read(folder, source).score(progress: progress.show)
        report.lines.forEach(console.line)
        try report.write(to: results)
        console.line("\nresults: \(output)/results.json")
        return 0
    }
}
