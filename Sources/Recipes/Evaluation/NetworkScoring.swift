import Datasets
import Metrics
import Segmenters

/// The evaluators of one pass over a data set: those that the tasks and the truth have use for.
struct NetworkScoring {
    private var semantic: SemanticEvaluator?
    private var panoptic: PanopticEvaluator?
    private var cityscapes: CityscapesEvaluator?

    /// For some of the tasks; `isCityscapes` adds the official scores of Cityscapes.
    init(_ data: SegmentationDataset, _ tasks: InferenceTasks, isCityscapes: Bool) {
        if tasks.contains(.semantic) { semantic = SemanticEvaluator(data.classes) }
        if tasks.contains(.panoptic) {
            panoptic = PanopticEvaluator(
                categories: data.classes.names.enumerated().map {
                    CategoryDescription(id: $0, name: $1, isThing: data.classes.isThing[$0])
                })
        }
        if isCityscapes, tasks.contains(.semantic) { cityscapes = CityscapesEvaluator() }
    }

    /// Scores an image. Throws `MetricsError`.
    mutating func add(_ prediction: ImagePrediction, _ image: EvaluationCase) throws {
        let sample = image.sample
        if let labels = prediction.labels {
            if let truth = sample.labels {
                try semantic?.add(
                    prediction: labels.values, truth: truth.values, image: sample.path, width: labels.width)
            }
            if let truth = image.cityscapes {
                try cityscapes?.add(
                    prediction: CityscapesTruth.labelIDs(of: labels).values, truth: truth.labels.values,
                    instances: truth.instances.values, place: sample.path)
            }
        }
        if let segments = prediction.panoptic, let truth = sample.panoptic {
            try panoptic?.add(
                prediction: PanopticMap(segments, place: sample.path), truth: PanopticMap(truth))
        }
    }

    /// The scores of all images added so far, those first that count most.
    var report: ScoringReport {
        var report = ScoringReport()
        if let panoptic { report.add(panoptic.result) }
        if let semantic { report.add(semantic.result) }
        if let cityscapes { report.add(cityscapes.result) }
        return report
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
