import Annotations
import Autodiff
import ConfigFiles
import Configurations
import Criteria
import Datasets
import Engine
import Foundation
import Layers
import Networks
import Optimizers
import Tensors

/// Builds a training run from a configuration, and runs it.
package struct TrainingRecipe {
    /// What the command line asks for beside the configuration.
    package struct Options: Sendable {
        /// Go on from the last checkpoint.
        package var resumes = false

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
        let family = try configuration.network()
        if configuration.input.mapper == .detrPanoptic {
            throw configuration.unavailable("INPUT.DATASET_MAPPER_NAME", "the augmentation of DETR")
        }
        let folder = try RunFolder(
            creating: configuration.outputDirectory, checkpointsKept: configuration.solver.checkpointsKept)
        let last = try options.resumes ? folder.lastCheckpoint() : nil
        if !options.resumes { try folder.requireUnused() }
        let seed = last?.seed ?? configuration.seed ?? UInt64.random(in: 0..<1 << 32)
        let network = family.network(seed: seed)
        let optimizer = Optimizer(network.store.parameters, configuration.solver.optimizer)

        let training = try configuration.openTrainingData(note: console.line)
        let test = try configuration.openTestData(note: console.line)
        summary(of: family, network).forEach(console.line)
        describe(training, test, seed: seed, optimizer)
        try prepareWeights(network, optimizer, folder, last)
        try RunFiles.writeConfiguration(configuration, to: folder.path)
        folder.begin(seed: seed, configuration: configuration.identity)

        let batches = TrainingBatches(
            dataset: training, mapper: configuration.trainingMapper, seed: seed,
            batchSize: configuration.solver.imagesPerBatch, workers: configuration.datasets.workerCount,
            start: optimizer.stepCount, end: configuration.solver.maximumSteps)
        defer { batches.stop() }
        let trainer = makeTrainer(network, family.criterion(), optimizer, batches, seed: seed)
        return try train(trainer, folder, test.map { try makeEvaluation(network, $0, folder.path) })
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
        Interruption.install()
        defer { console.endLive() }
        return conclude(try loop.run(evaluatesFirst: owesEvaluation), trainer.optimizer.stepCount, folder.path)
    }

    private func makeTrainer(
        _ network: any Network, _ criterion: any Criterion, _ optimizer: Optimizer, _ batches: TrainingBatches,
        seed: UInt64
    ) -> Trainer<[TrainingSample]> {
        let partSize = configuration.solver.imagesPerBatch / configuration.solver.accumulation
        func losses(_ samples: [TrainingSample], step: Int, part: Int) throws -> Losses {
            let images = network.input.batch(samples.map(\.image))  // [B, H, W, 3]
            var context = ForwardContext.training
            context.keepsImagesApart = configuration.solver.sumsByImage
            context.random = ImageStreams(seed: seed, step: step, firstImage: part * partSize)
            var random = StepRandom(seed: seed, step: step, firstImage: part * partSize)
            return try criterion.losses(
                network(images, context),
                targets: samples.map { ImageTargets(segments: $0.targets, labels: $0.labels?.values) },
                canvas: ImageSize(height: images.shape[1], width: images.shape[2]), random: &random)
        }
        return Trainer(
            store: network.store, optimizer: optimizer,
            batches: { try batches.batch($0).parts(of: partSize) }, imageCount: \.count,
            keepsImagesApart: configuration.solver.sumsByImage, losses: losses)
    }

    private func makeEvaluation(
        _ network: any Network, _ data: SegmentationDataset, _ folder: String
    ) throws -> TrainingRun<[TrainingSample]>.Evaluation {
        // As in the official code, TEST.AUG is for trained networks.
        let evaluation = try NetworkEvaluation(configuration, network, data, augments: false)
        return { progress in
            guard let report = try evaluation(progress: progress) else { return nil }
            try report.write(to: folder)
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
    private func prepareWeights(
        _ network: any Network, _ optimizer: Optimizer, _ folder: RunFolder, _ last: RunFolder.Resumable?
    ) throws {
        if let last {
            try folder.restore(last, into: network.store, optimizer)
            console.line(
                "resuming after \(last.steps) of \(configuration.solver.maximumSteps) iterations (\(folder.path))")
            try RunFiles.differences(last.configuration, configuration.identity).forEach {
                console.line("changed since: \($0)")
            }
            return
        }
        if options.resumes {
            console.line("no whole checkpoint in \(folder.path): starting from the beginning")
        }
        guard let named = configuration.model.weights else {
            console.line("weights: initial ones, at random")
            return
        }
        // The official files name ImageNet weights as pickles; that must not keep them from running here.
        guard let weights = setup.namesWeights ? named : RunFiles.localWeights(named) else {
            console.line(
                "warning: MODEL.WEIGHTS \(named) is not here, nor has Checkpoints/ a file of its name: "
                    + "the weights start at random")
            return
        }
        console.line("weights: \(weights)")
        for note in try RunFiles.openWeights(weights, setup).load(into: network.store, .trainingStart) {
            console.line("  " + note)
        }
    }

    private func describe(
        _ training: SegmentationDataset, _ test: SegmentationDataset?, seed: UInt64, _ optimizer: Optimizer
    ) {
        let solver = configuration.solver
        let tests = test.map { "\($0.items.count) images of \($0.name)" } ?? "none"
        console.line("training on \(training.items.count) images of \(training.name), evaluation on \(tests)")
        let parts = solver.accumulation > 1 ? " in \(solver.accumulation) parts" : ""
        let epochs = Double(solver.maximumSteps * solver.imagesPerBatch) / Double(training.items.count)
        console.line(
            "\(solver.maximumSteps) iterations of \(solver.imagesPerBatch) images\(parts)"
                + String(format: " (%.1f epochs), ", epochs) + Self.text(optimizer.configuration))
        console.line("seed \(seed), \(ThreadPool.threadCount) threads, output in \(configuration.outputDirectory)")
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

extension Array {
    /// Consecutive parts of `size` elements.
    fileprivate func parts(of size: Int) -> [[Element]] {
        stride(from: 0, to: count, by: size).map { Array(self[$0..<Swift.min(count, $0 + size)]) }
    }
}
