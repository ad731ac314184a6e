import Datasets
import Engine
import Images
import Layers
import Metrics
import Segmenters

/// Scores a network on a data set, image by image: the next ones are decoded while the network works.
struct SemanticEvaluation {
    private let segmenter: Segmenter
    private let data: SegmentationDataset
    private let mapper: EvaluationMapper
    private let inference: SemanticInference
    private let workers: Int

    init(_ run: RunConfiguration, _ segmenter: Segmenter, _ data: SegmentationDataset) {
        self.segmenter = segmenter
        self.data = data
        mapper = EvaluationMapper(run.input)
        inference = SemanticInference(segmenter, run)
        workers = min(2, run.datasets.workerCount)
    }

    /// The scores of all images; nil when a signal cut it short. `onPrediction` gets every label map;
    /// `progress` the number of images done and of all. Throws `DatasetError`, `ImageError`, `MetricsError`,
    /// or what the two throw.
    func callAsFunction(
        progress: (Int, Int) throws -> Void,
        onPrediction: (EvaluationSample, LabelImage) throws -> Void = { _, _ in }
    ) throws -> SemanticResult? {
        var evaluator = SemanticEvaluator(
            classNames: data.classes.names, ignoreLabel: UInt16(data.classes.ignoreLabel))
        let (data, mapper) = (data, mapper)
        let samples = Prefetcher(workers: workers, capacity: 2, end: data.items.count) { index in
            try mapper.sample(of: data, index: index)
        }
        defer { samples.stop() }
        for index in data.items.indices {
            if Interruption.signal != nil { return nil }
            let sample = try samples.next(index)
            let prediction = inference.labels(of: sample.image, height: sample.height, width: sample.width)
            if let labels = sample.labels {
                try evaluator.add(prediction: prediction.values, truth: labels.values, image: sample.path)
            }
            try onPrediction(sample, prediction)
            try progress(index + 1, data.items.count)
        }
        return evaluator.result
    }
}
