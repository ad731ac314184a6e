import Datasets
import Engine
import Segmenters

/// Scores a network on a data set, image by image: the next ones are decoded while the network works.
struct NetworkEvaluation {
    private let data: SegmentationDataset
    private let inference: NetworkInference
    private let cases: EvaluationCases
    /// What is predicted, and what of it is scored.
    private let tasks, scoredTasks: InferenceTasks
    private let note: String?
    private let workers: Int

    /// `more` is predicted beside what is scored; `augments` says whether TEST.AUG holds.
    /// Throws `MetricsError` for a list of instances that cannot be read.
    init(
        _ run: RunConfiguration, _ segmenter: Segmenter, _ data: SegmentationDataset, augments: Bool,
        more: InferenceTasks = []
    ) throws {
        self.data = data
        inference = NetworkInference(segmenter, run, augments: augments)
        let official = CityscapesTruth.paths(of: data)
        let missing = official.flatMap(CityscapesTruth.missingFile)
        note = missing.map { "without the official scores of Cityscapes, since \($0) is missing" }
        let cityscapes = missing == nil ? official : nil
        var scored = InferenceTasks(run.test)
        if !data.items.contains(where: { $0.panoptic != nil }) { scored.remove(.panoptic) }
        let isCOCO = scored.contains(.instance) && cityscapes == nil
        let instances = isCOCO ? try EvaluationCases.Instances(run, data) : nil
        if cityscapes == nil, instances == nil { scored.remove(.instance) }
        if scored.isEmpty { scored = .semantic }
        scoredTasks = scored
        tasks = scored.union(more)
        cases = EvaluationCases(
            data: data, mapper: run.input.evaluation,
            wantsPanoptic: scored.contains(.panoptic) || scored.contains(.instance), cityscapes: cityscapes,
            instances: instances)
        workers = min(2, run.datasets.workerCount)
    }

    /// The scores of all images; nil when a signal cut it short. `onPrediction` gets what was predicted for
    /// the item of this name; `progress` the number of images done and of all. Throws `DatasetError`,
    /// `ImageError`, `MetricsError`, or what the two throw.
    func callAsFunction(
        progress: (Int, Int) throws -> Void,
        onPrediction: (String, ImagePrediction) throws -> Void = { _, _ in }
    ) throws -> ScoringReport? {
        var scoring = NetworkScoring(cases, scoredTasks)
        let cases = cases
        let samples = Prefetcher(workers: workers, capacity: 2, end: data.items.count, load: cases.load)
        defer { samples.stop() }
        for index in data.items.indices {
            if Interruption.signal != nil { return nil }
            let image = try samples.next(index)
            let prediction = inference(
                image.sample.image, height: image.sample.size.height, width: image.sample.size.width, tasks,
                isThing: data.classes.isThing)
            try scoring.add(prediction, image)
            try onPrediction(image.sample.id, prediction)
            try progress(index + 1, data.items.count)
        }
        var report = scoring.report
        report.notes = [note].compactMap(\.self)
        return report
    }
}
