import Files

/// A run from one step to the last: steps, checkpoints, evaluations, and what is told of them.
package final class TrainingRun<Part> {
    /// When things happen.
    package struct Settings: Sendable {
        /// SOLVER.MAX_ITER.
        package var maximumSteps: Int
        /// SOLVER.CHECKPOINT_PERIOD.
        package var checkpointPeriod: Int
        /// TEST.EVAL_PERIOD; 0 is only at the end.
        package var evaluationPeriod: Int

        /// When evaluations follow.
        var evaluations: EvaluationSchedule {
            EvaluationSchedule(period: evaluationPeriod, maximumSteps: maximumSteps)
        }

        /// All three periods.
        package init(maximumSteps: Int, checkpointPeriod: Int, evaluationPeriod: Int) {
            self.maximumSteps = maximumSteps
            self.checkpointPeriod = checkpointPeriod
            self.evaluationPeriod = evaluationPeriod
        }
    }

    /// How a run ended.
    package enum Outcome: Sendable, Equatable {
        /// All steps are done.
        case finished
        /// A signal asked for the end; everything is saved.
        case interrupted(signal: Int32)
    }

    /// An evaluation of the current parameters that tells its progress (images done, in all); nil when it
    /// was cut short by a signal.
    package typealias Evaluation = (_ progress: (Int, Int) throws -> Void) throws -> EvaluationSummary?

    private let settings: Settings
    private let trainer: Trainer<Part>
    private let folder: RunFolder
    private let observers: [any TrainingObserver]
    private let evaluation: Evaluation?
    private let interruption: () -> Int32?
    private let clock = ContinuousClock()

    /// A run that keeps its files in `folder`. `interruption` gives the signal that asked for the end, if
    /// one did.
    package init(
        _ settings: Settings, trainer: Trainer<Part>, folder: RunFolder, observers: [any TrainingObserver],
        evaluation: Evaluation?, interruption: @escaping () -> Int32? = { Interruption.signal }
    ) {
        self.settings = settings
        self.trainer = trainer
        self.folder = folder
        self.observers = observers
        self.evaluation = evaluation
        self.interruption = interruption
    }

    /// Goes on from the trainer's step to the last. `evaluatesFirst` makes up for an evaluation that the
    /// step before still owes. Before the end a full disk is told of, and does not end the run. Throws what a step,
    /// an observer or a write throws; the last checkpoint is then whole.
    package func run(evaluatesFirst: Bool = false) throws -> Outcome {
        if evaluatesFirst { try evaluate(after: trainer.optimizer.stepCount - 1) }
        while trainer.optimizer.stepCount < settings.maximumSteps {
            if let signal = interruption() { return try interrupted(signal) }
            let start = clock.now
            let batch = try nextBatch()
            let loaded = clock.now
            var report = try trainer.step(batch)
            (report.dataSeconds, report.seconds) = (seconds(loaded - start), seconds(clock.now - start))
            try tell(.step(report))
            let isLast = report.step + 1 == settings.maximumSteps
            if isLast {
                try tell(.saved(path: folder.saveFinal(trainer.store, trainer.optimizer.state)))
            } else if (report.step + 1) % settings.checkpointPeriod == 0 {
                try sparingTheRun(until: "the next checkpoint, after \(settings.checkpointPeriod) iterations,") {
                    try save()
                }
            }
            if settings.evaluations.follows(report.step + 1) { try evaluate(after: report.step) }
        }
        for observer in observers { try observer.finish() }
        return interruption().map(Outcome.interrupted) ?? .finished
    }

    /// Data that cannot be read must not cost the steps since the last checkpoint.
    private func nextBatch() throws -> [Part] {
        do { return try trainer.nextBatch() } catch {
            try save()
            throw error
        }
    }

    private func interrupted(_ signal: Int32) throws -> Outcome {
        try save()
        for observer in observers { try observer.finish() }
        return .interrupted(signal: signal)
    }

    private func save() throws {
        guard trainer.optimizer.stepCount > 0, !folder.isSaved(steps: trainer.optimizer.stepCount) else {
            return
        }
        try tell(.saved(path: folder.save(trainer.store, trainer.optimizer.state)))
    }

    private func evaluate(after step: Int) throws {
        guard let evaluation else { return }
        let summary: EvaluationSummary?
        do {
            summary = try evaluation { done, total in try tell(.evaluating(done: done, total: total)) }
        } catch {
            try save()
            throw error
        }
        guard let summary else { return }
        let isBest =
            try settings.evaluationPeriod > 0
            && sparingTheRun(until: "the next evaluation") {
                try folder.keepBest(trainer.store, score: summary.score, step: step)
            } ?? false
        try tell(.evaluated(step: step, summary, isBest: isBest))
    }

    /// Within the run a full disk costs what `write` would have written: it is told, and the result is nil.
    @discardableResult
    private func sparingTheRun<Result>(until next: String, _ write: () throws -> Result) throws -> Result? {
        do { return try write() } catch let error as FileError
            where error.isDiskFull && trainer.optimizer.stepCount < settings.maximumSteps
        {
            try tell(.note("warning: \(error) The run goes on; \(next) tries again."))
            return nil
        }
    }

    private func tell(_ event: TrainingEvent) throws {
        for observer in observers { try observer.receive(event) }
    }

    private func seconds(_ duration: Duration) -> Double { duration / .seconds(1) }
}
