import Annotations
import Configurations
import Datasets
import Engine
import Inference
import Metrics
import Networks
import Scoring

/// Scores a network on a data set, image by image: the next ones are decoded while the network works.
struct NetworkEvaluation {
    private let data: SegmentationDataset
    private let inference: NetworkInference
    private let truth: EvaluationTruth
    private let tasks: InferenceTasks
    private let workers: Int

    /// `more` is predicted beside what is scored; `augments` says whether TEST.AUG holds.
    /// Throws `MetricsError` for a list of instances that cannot be read.
    init(
        _ run: RunConfiguration, _ network: any Network, _ data: SegmentationDataset, augments: Bool,
        more: InferenceTasks = []
    ) throws {
        self.data = data
        inference = NetworkInference(network, run.test.inference, augments: augments)
        truth = try EvaluationTruth(
            data, names: run.datasets.test, root: run.datasets.root, tasks: run.test.inference.tasks,
            mapper: run.input.evaluation)
        tasks = truth.tasks.union(more)
        workers = min(2, run.datasets.workerCount)
    }

    /// The scores of all images; nil when a signal cut it short. `onPrediction` gets what was predicted for
    /// the item of this name; `progress` the number of images done and of all. Throws `DatasetError`,
    /// `ImageError`, `MetricsError`, or what the two throw.
    func callAsFunction(
        progress: (Int, Int) throws -> Void,
        onPrediction: (String, ImagePrediction) throws -> Void = { _, _ in }
    ) throws -> ScoringReport? {
        var evaluators = truth.evaluators
        let samples = Prefetcher(workers: workers, capacity: 2, end: data.items.count, load: truth.load)
        defer { samples.stop() }
        for index in data.items.indices {
            if Interruption.signal != nil { return nil }
            let image = try samples.next(index)
            let prediction = inference(
                image.sample.image, size: image.sample.size, tasks, isThing: data.classes.isThing)
            try evaluators.add(truth.image(prediction, image))
            try onPrediction(image.sample.id, prediction)
            try progress(index + 1, data.items.count)
        }
        return ScoringReport(evaluators, notes: truth.notes)
    }
}
