import Annotations
import Configurations
import Datasets
import Engine
import Inference
import Metrics
import Networks
import Scoring

/// An image of an evaluation, scored.
struct EvaluatedImage {
    /// Its data set's place among those that are evaluated.
    let set: Int
    let truth: EvaluationCase
    let prediction: ImagePrediction
    /// Evaluators that have seen this image alone.
    let evaluators: [any Evaluator]
    /// How long it took to wait for the image, to predict, and to score.
    let seconds: (waiting: Double, predicting: Double, scoring: Double)
}

/// Scores a network on data sets, each by itself, image by image: the next ones are decoded while the network works.
struct NetworkEvaluation {
    private struct TestSet {
        let name: String
        let data: SegmentationDataset
        let truth: EvaluationTruth
        let tasks: InferenceTasks
    }

    private let sets: [TestSet]
    private let inference: NetworkInference
    private let workers: Int
    /// Whether scores are those of TEST.AUG.
    let isAugmented: Bool

    /// `sets` are the data sets of DATASETS.TEST. `more` is predicted beside what is scored; `augments` says whether
    /// TEST.AUG holds. Throws `InputError` for a list of instances that cannot be read.
    init(
        _ run: RunConfiguration, _ network: any Network, _ sets: [SegmentationDataset], augments: Bool,
        more: InferenceTasks = []
    ) throws {
        inference = NetworkInference(network, run.test.inference, run.input.evaluation, augments: augments)
        isAugmented = augments && run.test.inference.augmentation.isEnabled
        workers = min(2, run.datasets.workerCount)
        let mapper = inference.mapper
        self.sets = try zip(run.datasets.test, sets).map { name, data in
            let truth = try EvaluationTruth(
                data, names: [name], root: run.datasets.root, tasks: run.test.inference.tasks,
                mapper: mapper, meanRule: run.test.meanRule)
            return TestSet(name: name, data: data, truth: truth, tasks: truth.tasks.union(more))
        }
    }

    /// The scores of all images by the names of their data sets; nil when a signal cut it short. `onImage` gets each
    /// image; `progress` the number of images done and of all. Throws `DatasetError`, `InputError`, `InputError`, or
    /// what the two throw.
    func callAsFunction(
        progress: (Int, Int) throws -> Void, onImage: (EvaluatedImage) throws -> Void = { _ in }
    ) throws -> [(name: String, report: ScoringReport)]? {
        let total = sets.reduce(0) { $0 + $1.data.items.count }
        let clock = ContinuousClock()
        var (done, reports) = (0, [(name: String, report: ScoringReport)]())
        try progress(0, total)
        for (number, set) in sets.enumerated() {
            var evaluators = set.truth.evaluators
            let samples = Prefetcher(workers: workers, capacity: 2, end: set.data.items.count, load: set.truth.load)
            defer { samples.stop() }
            for index in set.data.items.indices {
                if Interruption.signal != nil { return nil }
                var times = [clock.now]
                let image = try samples.next(index)
                times.append(clock.now)
                let prediction = inference(
                    image.sample.image, size: image.sample.size, set.tasks, isThing: set.data.classes.isThing)
                times.append(clock.now)
                let alone = try evaluators.add(set.truth.image(prediction, image))
                times.append(clock.now)
                let seconds = zip(times, times.dropFirst()).map { ($1 - $0) / .seconds(1) }
                try onImage(
                    EvaluatedImage(
                        set: number, truth: image, prediction: prediction, evaluators: alone,
                        seconds: (seconds[0], seconds[1], seconds[2])))
                done += 1
                try progress(done, total)
            }
            reports.append(
                (set.name, ScoringReport(evaluators, notes: set.truth.notes, augmented: isAugmented)))
        }
        return reports
    }
}
