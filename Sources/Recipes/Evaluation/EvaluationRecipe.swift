import Annotations
import Configurations
import Datasets
import Engine
import Files
import Scoring
import Tensors

/// Builds a network from a configuration and a file of weights, and scores it on DATASETS.TEST.
package enum EvaluationRecipe {
    /// A folder for predictions, and their formats. Several formats get a folder each inside it; without any, the task
    /// and the data set decide.
    package typealias Saving = (folder: String, formats: [any PredictionFormat.Type])

    /// Evaluates, shows the tables and writes `results.json` into the folder `output`; returns the exit status.
    /// `saving` nil writes no predictions; `makesPage` says whether there is also a page, with a table of all images.
    /// Files that this program did not write are replaced only if it `overwrites`.
    /// Throws one typed error for whatever is wrong.
    package static func run(
        _ setup: RunSetup, weights: String, output: String, overwrites: Bool = false, saving: Saving?,
        makesPage: Bool = true, console: Console
    ) throws -> Int32 {
        MemoryShortage.advise(RunSetup.memoryAdvice)
        let run = setup.configuration
        let family = try run.network()
        let network = family.network(seed: 0)
        try RunFiles.openWeights(weights, setup).load(into: network.store).forEach(console.line)
        let sets = try run.openTestData(note: console.line)
        guard !sets.isEmpty else {
            throw run.invalid("DATASETS.TEST", "expected the name of at least one data set to evaluate on")
        }
        summary(of: family, network).forEach(console.line)
        // From the line on that says so, a signal stops the evaluation.
        Interruption.install()
        let counts = sets.map { "\($0.items.count) images of \($0.name)" }.joined(separator: ", ")
        console.line("evaluating \(weights) on \(counts), \(ThreadPool.threadCount) threads")
        // The file may be another when the evaluation is done.
        let record = EvaluationRecord(run, weights: weights, augments: true)
        let output = try OutputFolder(output, overwrites: overwrites, note: console.line)
        defer { output.close() }
        try output.list.require([EvaluationReport.fileName] + (makesPage ? EvaluationPageFiles.names : []))
        let files = try saving.map { try formats($0, run, sets) } ?? []
        var written = try SavedEvaluation(files, of: sets, run.datasets, beside: output, note: console.line)
        defer { written.close() }

        defer { console.endLive() }
        let progress = ImageProgress(console, verb: "evaluated")
        let saved = files.reduce(InferenceTasks()) { $0.union($1.format.tasks) }
        let evaluation = try NetworkEvaluation(
            run, network, sets, augments: true, more: saved.intersection(run.test.inference.tasks))
        var review =
            makesPage
            ? EvaluationReview(
                zip(run.datasets.test, sets).map { ($0, $1) },
                augmented: evaluation.isAugmented) : nil
        let results = try evaluation(progress: progress.show) { image in
            review?.add(image)
            try written.add(image.prediction, set: image.set, image: image.truth.sample.id)
        }
        guard let results else {
            console.line("stopped before the end: nothing was written")
            return 128 + (Interruption.signal ?? 2)
        }
        try written.finish()
        let report = EvaluationReport(results, record: record.json)
        report.lines.forEach(console.line)
        try report.write(to: output)
        console.line("\nresults: \(output.path)/\(EvaluationReport.fileName)")
        if let review {
            let files = EvaluationPageFiles(page: try review.page(report, record), images: review.images)
            console.line("report: \(try files.write(to: output))")
        }
        written.lines.forEach(console.line)
        console.line("")
        report.summary.forEach(console.line)
        return 0
    }

    /// The formats for each data set, with their folders. Throws `ConfigError` for a format of predictions that are not
    /// made.
    private static func formats(
        _ saving: Saving, _ run: RunConfiguration, _ sets: [SegmentationDataset]
    ) throws -> [(set: Int, format: any PredictionFormat.Type, folder: String)] {
        let (folder, formats) = saving
        let tasks = run.test.inference.tasks
        try run.requireTasks(of: formats)
        return sets.enumerated().flatMap { index, data in
            let usual = PredictionFormats.all.filter { !$0.tasks.isDisjoint(with: tasks) && $0.suits(data) }
            let chosen = formats.count > 1 ? formats : Array((formats + usual).prefix(1))
            return chosen.map { format in
                let inside = formats.count > 1 ? "\(folder)/\(format.name)" : folder
                return (index, format, PredictionFolders.of(sets.map(\.name), in: inside)[index])
            }
        }
    }
}
