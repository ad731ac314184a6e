import Annotations
import Autodiff
import ConfigFiles
import Configurations
import Criteria
import Datasets
import Engine
import Files
import Foundation
import Layers
import Networks
import Optimizers
import Scoring
import Tensors

/// Builds a training run from a configuration, and runs it.
package struct TrainingRecipe {
    /// What the command line asks for beside the configuration.
    package struct Options: Sendable {
        /// Go on from the last checkpoint.
        package var resumes = false
        /// Replace files that this program did not write.
        package var overwrites = false

        /// A new run.
        package init() {}
    }

    private let setup: RunSetup
    private let configuration: RunConfiguration
    private let options: Options
    private let console: Console

    /// A recipe that tells `console` what it does.
    package init(_ setup: RunSetup, _ options: Options, console: Console) {
        self.setup = setup
        configuration = setup.configuration
        self.options = options
        self.console = console
    }

    /// Trains to the end, or to the first signal; returns the exit status. Throws one typed error for
    /// whatever is wrong.
    package func run() throws -> Int32 {
        MemoryShortage.advise(StepMemory.advice)
        let family = try configuration.network()
        // What a killed run left half-written tells how its last checkpoint came to its state.
        let output = try OutputFolder(
            configuration.outputDirectory, overwrites: options.overwrites, keepsAbandoned: true, note: console.line)
        defer { output.close() }
        let folder = try RunFolder(
            creating: output.path, checkpointsKept: configuration.solver.checkpointsKept)
        let last = try options.resumes ? folder.lastCheckpoint() : nil
        if !options.resumes { try folder.requireUnused() }
        try RunFiles.requireOurs(in: output, resumed: last != nil)
        let weights = try last == nil ? startingWeights() : nil
        let seed = last?.seed ?? configuration.seed ?? UInt64.random(in: 0..<1 << 32)
        let network = family.network(seed: seed)
        let optimizer = Optimizer(network.store.parameters, configuration.solver.optimizer)

        let (training, test) = try configuration.openData(note: console.line)
        let criterion = family.criterion()
        summary(of: family, network).forEach(console.line)
        describe(training, test, seed: seed, optimizer)
        configuration.partNotes(network.store, criterion).forEach(console.line)
        warnOfMemory(network, seed: seed)
        try prepareWeights(weights, network, optimizer, folder, last)
        try RunFiles.writeConfiguration(configuration, to: output)
        folder.begin(seed: seed, configuration: configuration.identity)

        let batches = TrainingBatches(
            dataset: training, mapper: configuration.trainingMapper(marksBoundaries: criterion.needsBoundaries),
            seed: seed,
            batchSize: configuration.solver.imagesPerBatch, workers: configuration.datasets.workerCount,
            start: optimizer.stepCount, end: configuration.solver.maximumSteps)
        defer { batches.stop() }
        let trainer = Trainer(network, criterion, optimizer, batches, configuration.solver, seed: seed)
        let evaluation = test.isEmpty ? nil : try makeEvaluation(network, test, optimizer, output)
        return try train(trainer, folder, evaluation)
    }

    /// Goes from the trainer's step to the last.
    private func train(
        _ trainer: Trainer<[TrainingSample]>, _ folder: RunFolder,
        _ evaluation: TrainingRun<[TrainingSample]>.Evaluation?
    ) throws -> Int32 {
        let steps = configuration.solver.maximumSteps
        let done = trainer.optimizer.stepCount
        let log = try MetricsLog(folder: folder.path, keepingSteps: done)
        let owesEvaluation = evaluation != nil && isEvaluationOwed(after: done, log)
        if done >= steps, !owesEvaluation {
            console.line("this run is finished: \(done) of \(steps) iterations are done")
            return 0
        }
        let loop = TrainingRun(
            .init(
                maximumSteps: steps, checkpointPeriod: configuration.solver.checkpointPeriod,
                evaluationPeriod: configuration.test.evaluationPeriod),
            trainer: trainer, folder: folder,
            observers: [ProgressReporter(console: console, maximumSteps: steps), log], evaluation: evaluation)
        let moments = configuration.solver.optimizer.rule.momentCount
        if let warning = folder.spaceWarning(trainer.store, moments: moments) { console.line(warning) }
        Interruption.install()
        defer { console.endLive() }
        let outcome = try loop.run(evaluatesFirst: owesEvaluation)
        try log.finish()
        return conclude(outcome, trainer.optimizer.stepCount, folder.path)
    }

    private func makeEvaluation(
        _ network: any Network, _ sets: [SegmentationDataset], _ optimizer: Optimizer, _ output: OutputFolder
    ) throws -> TrainingRun<[TrainingSample]>.Evaluation {
        // As in the official code, TEST.AUG is for trained networks.
        let evaluation = try NetworkEvaluation(configuration, network, sets, augments: false)
        return { [configuration, console] progress in
            guard let reports = try evaluation(progress: progress) else { return nil }
            let isLast = optimizer.stepCount == configuration.solver.maximumSteps
            let record = EvaluationRecord(
                configuration, iterations: optimizer.stepCount,
                saved: isLast ? output.path + "/model_final.safetensors" : nil)
            let report = EvaluationReport(reports, record: record.json)
            do throws(FileError) { try report.write(to: output) } catch {
                if isLast { throw error }
                console.line("warning: \(error) The run goes on.")
            }
            if sets.count > 1 { report.summary.forEach(console.line) }
            return EvaluationSummary(
                metrics: report.metrics.map { .init($0.name, $0.value, remark: report.remark(of: $0.name)) },
                score: report.score)
        }
    }

    /// Whether the evaluation that belongs after `steps` steps was cut off before its result was noted.
    private func isEvaluationOwed(after steps: Int, _ log: MetricsLog) -> Bool {
        let period = configuration.test.evaluationPeriod
        let isDue = steps == configuration.solver.maximumSteps || period > 0 && steps % period == 0
        return steps > 0 && isDue && !log.hasEvaluation(step: steps - 1)
    }
}

// MARK: What is told

extension TrainingRecipe {
    /// The weights that MODEL.WEIGHTS names; nil where it names none.
    private func startingWeights() throws -> WeightsFile? {
        try configuration.model.weights.map { try RunFiles.openWeights($0, setup, startsTraining: true) }
    }

    private func prepareWeights(
        _ weights: WeightsFile?, _ network: any Network, _ optimizer: Optimizer, _ folder: RunFolder,
        _ last: RunFolder.Resumable?
    ) throws {
        if let last {
            last.notes.forEach(console.line)
            try folder.restore(last, into: network.store, optimizer)
            console.line(
                "resuming after \(last.steps) of \(configuration.solver.maximumSteps) iterations (\(folder.path))")
            try RunFiles.differences(last.configuration, configuration.identity).forEach {
                console.line("changed since: \($0)")
            }
            return
        }
        if options.resumes {
            console.line("no checkpoint in \(folder.path): starting from the beginning")
        }
        guard let weights else {
            console.line("weights: initial ones, at random")
            return
        }
        console.line("weights: \(weights.path)")
        for note in try weights.load(into: network.store, .trainingStart) { console.line("  " + note) }
    }

    private func warnOfMemory(_ network: any Network, seed: UInt64) {
        let step = StepMemory(
            network, configuration.solver.optimizer.rule,
            images: configuration.solver.imagesPerBatch / configuration.solver.accumulation,
            canvas: configuration.largestTrainingSize, seed: seed)
        if let warning = step.warning(MemoryBound.nearest()) { console.line(warning) }
    }

    private func describe(
        _ training: SegmentationDataset, _ test: [SegmentationDataset], seed: UInt64, _ optimizer: Optimizer
    ) {
        let solver = configuration.solver
        let counts = test.map { "\($0.items.count) images of \($0.name)" }
        let tests = counts.isEmpty ? "none" : counts.joined(separator: ", ")
        console.line("training on \(training.items.count) images of \(training.name), evaluation on \(tests)")
        let parts = solver.accumulation > 1 ? " in \(solver.accumulation) parts" : ""
        let epochs = Double(solver.maximumSteps * solver.imagesPerBatch) / Double(training.items.count)
        console.line(
            "\(solver.maximumSteps) iterations of \(solver.imagesPerBatch) images\(parts)"
                + String(format: " (%.1f epochs), ", epochs) + Self.text(optimizer.configuration))
        console.line("seed \(seed), \(ThreadPool.threadCount) threads, output in \(configuration.outputDirectory)")
        if let warning = configuration.mapperWarning { console.line("warning: " + warning) }
        if !configuration.keysWithoutEffect.isEmpty {
            console.line("keys without effect here: " + configuration.keysWithoutEffect.joined(separator: ", "))
        }
    }

    private static func text(_ optimizer: Optimizer.Configuration) -> String {
        let rule = if case .adamW = optimizer.rule { "AdamW" } else { "SGD" }
        let decay =
            switch optimizer.schedule.decay {
            case .poly(let power, _): "poly \(power)"
            case .cosine: "cosine"
            case .multiStep: "multi-step"
            }
        let warmup = optimizer.schedule.warmup.steps
        return "\(rule), rate \(optimizer.settings.learningRate) (\(decay), warm-up \(warmup))"
    }

    private func conclude(
        _ outcome: TrainingRun<[TrainingSample]>.Outcome, _ steps: Int, _ folder: String
    ) -> Int32 {
        switch outcome {
        case .finished:
            console.line("finished: \(folder)/model_final.safetensors")
            return 0
        case .interrupted(let signal):
            console.line(
                "stopped after \(steps) of \(configuration.solver.maximumSteps) iterations, everything is saved in "
                    + "\(folder); "
                    + "the same command with --resume goes on from there")
            return 128 + signal
        }
    }
}
