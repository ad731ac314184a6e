import Checkpoints
import Datasets
import Engine
import Foundation
import Images
import Metrics
import Segmenters
import Tensors

/// Builds a network from a configuration and a file of weights, and scores it on DATASETS.TEST.
package struct EvaluationRecipe {
    private let run: RunConfiguration
    private let weights: String
    private let predictions: String?
    private let console: Console

    /// `predictions` is a folder for the label maps, one PNG an image; nil writes none.
    package init(_ setup: RunSetup, weights: String, predictions: String?, console: Console) {
        run = setup.configuration
        self.weights = weights
        self.predictions = predictions
        self.console = console
    }

    /// Evaluates, shows the table and writes `results.json`; returns the exit status. Throws one typed error
    /// for whatever is wrong.
    package func callAsFunction() throws -> Int32 {
        if run.test.augmentation { throw run.unavailable("TEST.AUG.ENABLED", "test-time augmentation") }
        let segmenter = try Segmenter(run, seed: 0)
        _ = try RunFiles.openWeights(weights, run).load(into: segmenter.store)
        guard let data = try run.openTestData(note: console.line) else {
            throw run.invalid("DATASETS.TEST", "expected the name of at least one data set to evaluate on")
        }
        for line in segmenter.summary(run, imageSize: run.testImageSize(data)) { console.line(line) }
        console.line(
            "evaluating \(weights) on \(data.items.count) images of \(data.name), \(ThreadPool.threadCount) threads"
        )
        try RunFiles.makeFolder(run.outputDirectory)
        if let predictions { try RunFiles.makeFolder(predictions) }

        Interruption.install()
        defer { console.endLive() }
        let progress = ImageProgress(console, verb: "evaluated")
        let evaluation = NetworkEvaluation(run, segmenter, data)
        let result = try evaluation(progress: progress.show) { sample, labels in
            guard let predictions else { return }
            try RunFiles.writeLabels(
                labels, classCount: data.classes.count, to: "\(predictions)/\(sample.id).png")
        }
        guard let result else {
            console.line("stopped before the end: nothing was written")
            return 128 + (Interruption.signal ?? 2)
        }
        console.line("")
        result.lines.forEach(console.line)
        try RunFiles.writeResults(result, to: run.outputDirectory)
        console.line("\nresults: \(run.outputDirectory)/results.json")
        if let predictions { console.line("label maps: \(predictions)") }
        return 0
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
