import Checkpoints
import Engine
import Scoring

/// Scores predictions that lie on disk, whoever made them.
package enum ScoringRecipe {
    /// Scores the predictions in `folder`, shows the tables and writes `results.json` into `output`; returns the exit
    /// status. The ground truth is at `truth`, or that of DATASETS.TEST of `setup`; `allowsOutside` says whether lists
    /// may name files anywhere. Throws one typed error for
    /// whatever is wrong.
    package static func run(
        folder: String, format: any PredictionFormat.Type, truth: String?, allowsOutside: Bool,
        setup: RunSetup?, output: String, console: Console
    ) throws -> Int32 {
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
        try AtomicFile.makeFolder(output)
        try report.write(to: output)
        console.line("\nresults: \(output)/results.json")
        return 0
    }
}
