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
        /// Do a few steps and tell what the run would take; write nothing.
        package var isTrial = false

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
        if options.isTrial { return try tryOut(family) }
        // What a killed run left half-written tells how its last checkpoint came to its state.
        let output = try OutputFolder(
            configuration.outputDirectory, overwrites: options.overwrites, keepsAbandoned: true, note: console.line)
        defer { output.close() }
        let text = TextLog(folder: output.path)
        console.log = text
        defer { console.log = nil }
        let folder = try RunFolder(
            creating: output.path, checkpointsKept: configuration.solver.checkpointsKept)
        let last = try options.resumes ? folder.lastCheckpoint() : nil
        if !options.resumes { try folder.requireUnused() }
        try RunFiles.requireOurs(in: output, resumed: last != nil)
        let weights = try last == nil ? startingWeights() : nil
        let work = try prepare(family, seed: last?.seed)
        try prepareWeights(weights, work, folder, last)
        try RunFiles.writeConfiguration(configuration, to: output)
        try text.open()
        folder.begin(seed: work.seed, configuration: configuration.identity)

        let batches = work.batches()
        defer { batches.stop() }
        let evaluation = work.test.isEmpty ? nil : try makeEvaluation(work, output)
        let status = try train(work.trainer(batches), folder, evaluation)
        try text.finish()
        return status
    }

    /// Builds what the run works with, and describes it.
    private func prepare(_ family: any NetworkFamily, seed: UInt64?) throws -> TrainingWork {
        let seed = seed ?? configuration.seed ?? UInt64.random(in: 0..<1 << 32)
        let work = try TrainingWork(configuration, family, seed: seed, note: console.line)
        summary(of: family, work.network).forEach(console.line)
        describe(work)
        configuration.partNotes(work.network.store, work.criterion).forEach(console.line)
        warnOfMemory(work)
        return work
    }

    /// Tells what the run would take by its first steps.
    private func tryOut(_ family: any NetworkFamily) throws -> Int32 {
        let start = ContinuousClock.now
        let weights = try startingWeights()
        let work = try prepare(family, seed: nil)
        try load(weights, into: work.network)
        try TrainingTrial(work, since: start).lines.forEach(console.line)
        return 0
    }

    /// Goes from the trainer's step to the last.
    private func train(
        _ trainer: Trainer<[TrainingSample]>, _ folder: RunFolder,
        _ evaluation: TrainingRun<[TrainingSample]>.Evaluation?
    ) throws -> Int32 {
        let steps = configuration.solver.maximumSteps
        let done = trainer.optimizer.stepCount
        let log = try MetricsLog(folder: folder.path, keepingSteps: done)
        let evaluations = evaluation.map { _ in configuration.evaluations }
        // An evaluation may have been cut off before its result was noted.
        let owesEvaluation =
            done > 0 && evaluations?.follows(done) == true && !log.hasEvaluation(step: done - 1)
        if done >= steps, !owesEvaluation {
            console.line("this run is finished: \(done) of \(steps) iterations are done")
            return 0
        }
        let progress = ProgressReporter(
            console: console, maximumSteps: steps, completedSteps: done, evaluations: evaluations,
            best: done > 0 ? folder.bestScore : nil)
        let loop = TrainingRun(
            .init(
                maximumSteps: steps, checkpointPeriod: configuration.solver.checkpointPeriod,
                evaluationPeriod: configuration.test.evaluationPeriod),
            trainer: trainer, folder: folder,
            // Once the log has an evaluation it is not done again: before it comes whoever wants to have it, too.
            observers: [progress, try EventLog(folder: folder.path, completedSteps: done), log],
            evaluation: evaluation)
        let moments = configuration.solver.optimizer.rule.momentCount
        if let warning = folder.spaceWarning(trainer.store, moments: moments) { console.line(warning) }
        Interruption.install()
        defer { console.endLive() }
        let outcome = try loop.run(evaluatesFirst: owesEvaluation)
        return conclude(outcome, trainer.optimizer.stepCount, folder.path)
    }

    private func makeEvaluation(
        _ work: TrainingWork, _ output: OutputFolder
    ) throws -> TrainingRun<[TrainingSample]>.Evaluation {
        // As in the official code, TEST.AUG is for trained networks.
        let evaluation = try NetworkEvaluation(configuration, work.network, work.test, augments: false)
        return { [configuration, console] progress in
            var panels = EvaluationPanels(of: work.test)
            guard let reports = try evaluation(progress: progress, onImage: { try panels.add($0) }) else { return nil }
            let steps = work.optimizer.stepCount
            let isLast = steps == configuration.solver.maximumSteps
            let record = EvaluationRecord(
                configuration, iterations: steps, saved: isLast ? output.path + "/model_final.safetensors" : nil)
            let report = EvaluationReport(reports, record: record.json)
            do throws(FileError) { try report.write(to: output) } catch {
                if isLast { throw error }
                console.line("warning: \(error) The run goes on.")
            }
            if work.test.count > 1 { report.summary.forEach(console.line) }
            return EvaluationSummary(
                metrics: report.metrics.map {
                    .init($0.name, $0.value, isOfClass: $0.isOfClass, remark: report.remark(of: $0.name))
                },
                score: report.score, panels: panels.panels)
        }
    }
}

// MARK: What is told

extension TrainingRecipe {
    /// The weights that MODEL.WEIGHTS names; nil where it names none.
    private func startingWeights() throws -> WeightsFile? {
        try configuration.model.weights.map { try RunFiles.openWeights($0, setup, startsTraining: true) }
    }

    private func prepareWeights(
        _ weights: WeightsFile?, _ work: TrainingWork, _ folder: RunFolder, _ last: RunFolder.Resumable?
    ) throws {
        if let last {
            last.notes.forEach(console.line)
            try folder.restore(last, into: work.network.store, work.optimizer)
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
        try load(weights, into: work.network)
    }

    private func load(_ weights: WeightsFile?, into network: any Network) throws {
        guard let weights else {
            console.line("weights: initial ones, at random")
            return
        }
        console.line("weights: \(weights.path)")
        for note in try weights.load(into: network.store, .trainingStart) { console.line("  " + note) }
    }

    private func warnOfMemory(_ work: TrainingWork) {
        let step = StepMemory(
            work.network, configuration.solver.optimizer.rule,
            images: configuration.solver.imagesPerBatch / configuration.solver.accumulation,
            canvas: configuration.largestTrainingSize, seed: work.seed)
        if let warning = step.warning(MemoryBound.nearest()) { console.line(warning) }
    }

    private func describe(_ work: TrainingWork) {
        let (solver, training) = (configuration.solver, work.training)
        let counts = work.test.map { "\($0.items.count) images of \($0.name)" }
        let tests = counts.isEmpty ? "none" : counts.joined(separator: ", ")
        console.line("training on \(training.items.count) images of \(training.name), evaluation on \(tests)")
        let parts = solver.accumulation > 1 ? " in \(solver.accumulation) parts" : ""
        let epochs = Double(solver.maximumSteps * solver.imagesPerBatch) / Double(training.items.count)
        console.line(
            "\(solver.maximumSteps) iterations of \(solver.imagesPerBatch) images\(parts)"
                + String(format: " (%.1f epochs), ", epochs) + Self.text(work.optimizer.configuration))
        console.line("seed \(work.seed), \(ThreadPool.threadCount) threads, output in \(configuration.outputDirectory)")
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
