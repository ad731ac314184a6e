import Checkpoints
import Datasets
import Engine
import Foundation
import Images
import Metrics
import MaskClassifiers
import Networks
import Tensors

/// Builds a network from a configuration and a file of weights, and scores it on DATASETS.TEST.
package struct EvaluationRecipe {
    /// Where predictions are written.
    package struct Saving: Sendable {
        private let folder: String
        private let formats: [PredictionFormat]

        /// One format into the folder, several into a folder each in it; none: the one of task and data set.
        package init(folder: String, formats: [PredictionFormat]) {
            self.folder = folder
            self.formats = formats
        }
    }

    private let run: RunConfiguration
    private let weights: String
    private let saving: Saving?
    private let console: Console

    /// `saving` nil writes no predictions.
    package init(_ setup: RunSetup, weights: String, saving: Saving?, console: Console) {
        run = setup.configuration
        self.weights = weights
        self.saving = saving
        self.console = console
    }

    /// Evaluates, shows the tables and writes `results.json`; returns the exit status. Throws one typed error
    /// for whatever is wrong.
    package func callAsFunction() throws -> Int32 {
        let segmenter = try MaskClassifier(run, seed: 0)
        _ = try RunFiles.openWeights(weights, run).load(into: segmenter.store)
        guard let data = try run.openTestData(note: console.line) else {
            throw run.invalid("DATASETS.TEST", "expected the name of at least one data set to evaluate on")
        }
        for line in segmenter.summary(run) { console.line(line) }
        console.line(
            "evaluating \(weights) on \(data.items.count) images of \(data.name), \(ThreadPool.threadCount) threads"
        )
        try RunFiles.makeFolder(run.outputDirectory)
        let files = try saving?.formats(run, data) ?? []
        var writers = try files.map { format, folder in
            try PredictionWriter(
                format, folder: folder, classes: data.classes,
                truth: GroundTruth.path(of: run.datasets.test, format, root: run.datasets.root))
        }

        Interruption.install()
        defer { console.endLive() }
        let progress = ImageProgress(console, verb: "evaluated")
        let tasks = InferenceTasks(run.test)
        let evaluation = try NetworkEvaluation(
            run, segmenter, data, augments: true,
            more: files.reduce([]) { $0.union($1.format.contents(of: tasks)) })
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
        for (format, folder) in files { console.line("predictions (\(format.rawValue)): \(folder)") }
        return 0
    }
}

extension EvaluationRecipe.Saving {
    /// The formats with their folders. Throws `ConfigError` for a format of predictions that aren't made.
    fileprivate func formats(_ run: RunConfiguration, _ data: SegmentationDataset) throws
        -> [(format: PredictionFormat, folder: String)]
    {
        let tasks = InferenceTasks(run.test)
        for format in formats where format.contents(of: tasks).isEmpty {
            let key = "MODEL.MASK_FORMER.TEST." + (format.switchName)
            throw run.invalid(key, "expected True for --format \(format.rawValue)")
        }
        if formats.count > 1 { return formats.map { ($0, "\(folder)/\($0.rawValue)") } }
        return [(formats.first ?? Self.usual(tasks, data), folder)]
    }

    /// The format of the data set's own scorers.
    private static func usual(_ tasks: InferenceTasks, _ data: SegmentationDataset) -> PredictionFormat {
        if tasks.contains(.panoptic) { return .cocoPanoptic }
        if CityscapesTruth.paths(of: data) != nil { return .cityscapes }
        return tasks.contains(.semantic) ? .labels : .cocoInstances
    }
}

extension PredictionFormat {
    /// The key below MODEL.MASK_FORMER.TEST that turns its predictions on.
    fileprivate var switchName: String {
        switch self {
        case .labels, .cityscapes: "SEMANTIC_ON"
        case .cocoPanoptic: "PANOPTIC_ON"
        case .cocoInstances: "INSTANCE_ON"
        }
    }
}

/// Images done, in all, and how fast: a live line on a terminal, a line every tenth of the way elsewhere.
final class ImageProgress {
    private let console: Console
    private let verb: String
    private let clock = ContinuousClock()
    private let start: ContinuousClock.Instant

    init(_ console: Console, verb: String) {
        self.console = console
        self.verb = verb
        start = clock.now
    }

    func show(_ done: Int, of total: Int) {
        let seconds = (clock.now - start) / .seconds(1)
        let rate = String(format: "%.2f images/s", Double(done) / max(seconds, 1e-9))
        let left = ProgressReporter.duration(seconds / Double(done) * Double(total - done))
        let text = "\(verb) \(done)/\(total) images  \(rate)  ETA \(left)"
        if console.isTerminal, done < total {
            console.live(text)
        } else if done == total || done % max(1, total / 10) == 0 {
            console.line(text)
        }
    }
}
