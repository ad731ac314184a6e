import Annotations
import Checkpoints
import Configurations
import Datasets
import Engine
import Scoring
import Tensors

/// Builds a network from a configuration and a file of weights, and scores it on DATASETS.TEST.
package enum EvaluationRecipe {
    /// A folder for predictions, and their formats. Several formats get a folder each inside it; without any, the task
    /// and the data set decide.
    package typealias Saving = (folder: String, formats: [any PredictionFormat.Type])

    /// Evaluates, shows the tables and writes `results.json`; returns the exit status. `saving` nil writes no
    /// predictions. Throws one typed error for whatever is wrong.
    package static func run(_ setup: RunSetup, weights: String, saving: Saving?, console: Console) throws -> Int32 {
        let run = setup.configuration
        let family = try run.network()
        let network = family.network(seed: 0)
        try RunFiles.openWeights(weights, setup).load(into: network.store).forEach(console.line)
        guard let data = try run.openTestData(note: console.line) else {
            throw run.invalid("DATASETS.TEST", "expected the name of at least one data set to evaluate on")
        }
        summary(of: family, network).forEach(console.line)
        console.line(
            "evaluating \(weights) on \(data.items.count) images of \(data.name), \(ThreadPool.threadCount) threads"
        )
        try AtomicFile.makeFolder(run.outputDirectory)
        let files = try saving.map { try formats($0, run, data) } ?? []
        var writers: [any PredictionFormat] = try files.map { format, folder in
            try format.init(
                folder: folder, classes: data.classes,
                truth: format.truth(of: run.datasets.test, root: run.datasets.root))
        }

        Interruption.install()
        defer { console.endLive() }
        let progress = ImageProgress(console, verb: "evaluated")
        let written = files.reduce(InferenceTasks()) { $0.union($1.format.tasks) }
        let evaluation = try NetworkEvaluation(
            run, network, data, augments: true, more: written.intersection(run.test.inference.tasks))
        let result = try evaluation(progress: progress.show) { image, prediction in
            for index in writers.indices { try writers[index].add(prediction, image: image) }
        }
        guard let result else {
            console.line("stopped before the end: nothing was written")
            return 128 + (Interruption.signal ?? 2)
        }
        for writer in writers { try writer.finish() }
        result.lines.forEach(console.line)
        try result.write(to: run.outputDirectory)
        console.line("\nresults: \(run.outputDirectory)/results.json")
        for (format, folder) in files { console.line("predictions (\(format.name)): \(folder)") }
        return 0
    }

    /// The keys below MODEL.MASK_FORMER.TEST that turn tasks on.
    private static let taskKeys: [(task: InferenceTasks, key: String)] = [
        (.semantic, "SEMANTIC_ON"), (.panoptic, "PANOPTIC_ON"), (.instance, "INSTANCE_ON"),
    ]

    /// The formats with their folders. Throws `ConfigError` for a format of predictions that are not made.
    private static func formats(
        _ saving: Saving, _ run: RunConfiguration, _ data: SegmentationDataset
    ) throws -> [(format: any PredictionFormat.Type, folder: String)] {
        let (folder, formats) = saving
        let tasks = run.test.inference.tasks
        for format in formats where format.tasks.isDisjoint(with: tasks) {
            let key = taskKeys.first { format.tasks.contains($0.task) }?.key ?? ""
            throw run.invalid("MODEL.MASK_FORMER.TEST." + key, "expected True for --format \(format.name)")
        }
        if formats.count > 1 { return formats.map { ($0, "\(folder)/\($0.name)") } }
        let usual = PredictionFormats.all.filter { !$0.tasks.isDisjoint(with: tasks) && $0.suits(data) }
        return (formats + usual).prefix(1).map { ($0, folder) }
    }
}
