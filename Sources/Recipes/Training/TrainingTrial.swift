import Configurations
import Datasets
import Engine
import Files
import Foundation
import Networks

/// What a run will take, measured by its first steps and a few images of its evaluation: `pem-train --dry-run`. Nothing
/// is written.
struct TrainingTrial {
    /// The first step allocates what the others reuse; it is not among those that are timed.
    private static let steps = 3
    private static let testImages = 3

    private let work: TrainingWork
    /// Seconds until the first step; of a step, of those the wait for data; of an evaluation.
    private let startSeconds, stepSeconds, dataSeconds, evaluationSeconds: Double

    /// Does the steps of a run that was begun at `start`. Throws what a run throws.
    init(_ work: TrainingWork, since start: ContinuousClock.Instant) throws {
        self.work = work
        let clock = ContinuousClock()
        func seconds(since start: ContinuousClock.Instant) -> Double { (clock.now - start) / .seconds(1) }
        startSeconds = seconds(since: start)
        let batches = work.batches()
        defer { batches.stop() }
        let trainer = work.trainer(batches)
        var times: [(data: Double, whole: Double)] = []
        for _ in 0..<min(Self.steps, work.configuration.solver.maximumSteps) {
            let start = clock.now
            let batch = try trainer.nextBatch()
            let loaded = seconds(since: start)
            _ = try trainer.step(batch)
            times.append((loaded, seconds(since: start)))
        }
        let timed = times.count > 1 ? times.dropFirst() : times[...]
        stepSeconds = timed.map(\.whole).reduce(0, +) / Double(max(1, timed.count))
        dataSeconds = timed.map(\.data).reduce(0, +) / Double(max(1, timed.count))
        evaluationSeconds = try Self.evaluationSeconds(work, clock)
    }

    /// The time of an evaluation by that of a few images of each data set, the first left aside.
    private static func evaluationSeconds(_ work: TrainingWork, _ clock: ContinuousClock) throws -> Double {
        if work.test.isEmpty { return 0 }
        let some = work.test.map { set in
            let count = min(testImages, set.items.count)
            return SegmentationDataset(
                name: set.name, classes: set.classes, labelMap: set.labelMap,
                items: (0..<count).map { set.items[$0 * set.items.count / count] })
        }
        let evaluation = try NetworkEvaluation(work.configuration, work.network, some, augments: false)
        var times: [ContinuousClock.Instant] = []
        _ = try evaluation { _, _ in times.append(clock.now) }
        let timed = times.count > 2 ? times.dropFirst() : times[...]
        guard let first = timed.first, let last = timed.last, timed.count > 1 else { return 0 }
        let seconds = (last - first) / .seconds(1) / Double(timed.count - 1)
        return seconds * Double(work.test.reduce(0) { $0 + $1.items.count })
    }

    /// What was measured, for a person.
    var lines: [String] {
        let solver = work.configuration.solver
        let training = stepSeconds * Double(solver.maximumSteps)
        let evaluations = work.test.isEmpty ? 0 : work.configuration.evaluations.count(after: 0)
        let whole = startSeconds + training + evaluationSeconds * Double(evaluations)
        let images = work.test.reduce(0) { $0 + $1.items.count }
        let space = CheckpointSpace(
            work.network.store, moments: solver.optimizer.rule.momentCount, kept: solver.checkpointsKept)
        let folder = work.configuration.outputDirectory
        let free = FileSystem.freeBytes(in: FileSystem.nearestFolder(to: folder)).map(CheckpointSpace.text)
        return [
            "dry run of \(min(Self.steps, solver.maximumSteps)) iterations; nothing was written",
            String(
                format: "  speed       %.2f images/s, %.2f s an iteration, data wait %.0f%%",
                Double(solver.imagesPerBatch) / max(stepSeconds, 1e-9), stepSeconds,
                100 * dataSeconds / max(stepSeconds, 1e-9)),
            "  iterations  \(solver.maximumSteps) in \(ProgressReporter.duration(training))",
            evaluations == 0
                ? "  evaluation  none"
                : "  evaluation  \(images) images in \(ProgressReporter.duration(evaluationSeconds)), "
                    + (evaluations == 1 ? "once" : "\(evaluations) times"),
            "  to the end  \(ProgressReporter.duration(whole))" + String(format: " (%.1f hours)", whole / 3600),
            String(format: "  memory      %.2f GB at the peak", Double(ProcessMemory.peakBytes) / 1e9),
            "  disk        \(CheckpointSpace.text(space.most)) for checkpoints of "
                + "\(CheckpointSpace.text(space.checkpoint)), \(solver.checkpointsKept) kept, and the best weights"
                + (free.map { "; \($0) are free" } ?? ""),
        ]
    }
}
