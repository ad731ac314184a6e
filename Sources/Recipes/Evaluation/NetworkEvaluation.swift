import Datasets
import Engine
import Images
import Layers
import Metrics
import Segmenters

/// Scores a network on a data set, image by image: the next ones are decoded while the network works.
struct NetworkEvaluation {
    private let segmenter: Segmenter
    private let data: SegmentationDataset
    private let mapper: EvaluationMapper
    private let inference: NetworkInference
    private let scoresPanoptic: Bool
    private let workers: Int

    init(_ run: RunConfiguration, _ segmenter: Segmenter, _ data: SegmentationDataset) {
        self.segmenter = segmenter
        self.data = data
        mapper = EvaluationMapper(run.input)
        inference = NetworkInference(segmenter, run)
        scoresPanoptic = run.test.panoptic && data.items.contains { $0.panoptic != nil }
        workers = min(2, run.datasets.workerCount)
    }

    /// The scores of all images; nil when a signal cut it short. `onPrediction` gets every label map;
    /// `progress` the number of images done and of all. Throws `DatasetError`, `ImageError`, `MetricsError`,
    /// or what the two throw.
    func callAsFunction(
        progress: (Int, Int) throws -> Void,
        onPrediction: (EvaluationSample, LabelImage) throws -> Void = { _, _ in }
    ) throws -> EvaluationScores? {
        var evaluator = SemanticEvaluator(
            classNames: data.classes.names, ignoreLabel: UInt16(data.classes.ignoreLabel))
        let (data, mapper, scoresPanoptic) = (data, mapper, scoresPanoptic)
        var panopticEvaluator = PanopticEvaluator(
            categories: data.classes.names.enumerated().map {
                CategoryDescription(id: $0, name: $1, isThing: data.classes.isThing[$0])
            })
        let samples = Prefetcher(workers: workers, capacity: 2, end: data.items.count) { index in
            try mapper.sample(of: data, index: index, wantsPanoptic: scoresPanoptic)
        }
        defer { samples.stop() }
        for index in data.items.indices {
            if Interruption.signal != nil { return nil }
            let sample = try samples.next(index)
            let output = inference.predict(sample.image)
            let prediction = inference.labels(
                output, sample.image, height: sample.height, width: sample.width)
            if let labels = sample.labels {
                try evaluator.add(prediction: prediction.values, truth: labels.values, image: sample.path)
            }
            if let truth = sample.panoptic {
                let found = inference.panoptic(
                    output, sample.image, height: sample.height, width: sample.width,
                    isThing: data.classes.isThing)
                try panopticEvaluator.add(
                    prediction: PanopticMap(found, place: sample.path), truth: PanopticMap(truth))
            }
            try onPrediction(sample, prediction)
            try progress(index + 1, data.items.count)
        }
        return EvaluationScores(
            semantic: evaluator.result, panoptic: scoresPanoptic ? panopticEvaluator.result : nil)
    }
}

extension PanopticMap {
    /// A prediction, its categories class numbers.
    fileprivate init(_ result: PanopticResult, place: String) {
        self.init(
            ids: result.segmentIDs.map { UInt32(bitPattern: $0) },
            segments: result.segments.map { Segment(id: $0.id, category: $0.category) }, place: place)
    }

    /// What is true, its categories class numbers.
    fileprivate init(_ truth: PanopticTruth) {
        self.init(
            ids: truth.ids,
            segments: truth.annotation.segments.map {
                Segment(id: $0.id, category: $0.classNumber, isCrowd: $0.isCrowd, area: $0.area)
            }, place: truth.annotation.path)
    }
}
