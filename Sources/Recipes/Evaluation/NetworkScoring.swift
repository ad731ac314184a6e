import Annotations
import Datasets
import Metrics
import Networks

/// The evaluators of one pass over a data set: those that the tasks and the truth have use for.
struct NetworkScoring {
    private var semantic: SemanticEvaluator?
    private var panoptic: PanopticEvaluator?
    private var cityscapes: CityscapesEvaluator?
    private var cityscapesInstances: CityscapesInstanceEvaluator?
    private var instances: InstanceEvaluator?
    private let classes: ClassTable

    /// For some of the tasks.
    init(_ cases: EvaluationCases, _ tasks: InferenceTasks) {
        classes = cases.data.classes
        if tasks.contains(.semantic) { semantic = SemanticEvaluator(classes) }
        if tasks.contains(.panoptic) { panoptic = PanopticEvaluator(categories: classes.categories) }
        if tasks.contains(.instance) {
            if cases.cityscapes != nil { cityscapesInstances = CityscapesInstanceEvaluator() }
            instances = cases.instanceCategories.map(InstanceEvaluator.init)
        }
        if tasks.contains(.semantic), cases.cityscapes != nil, classes == .cityscapes {
            cityscapes = CityscapesEvaluator()
        }
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
                prediction: PanopticMap(segments, classes, place: sample.path), truth: PanopticMap(truth, classes))
        }
        if let found = prediction.instances { try add(found, image) }
    }

    private mutating func add(_ found: [PredictedInstance], _ image: EvaluationCase) throws {
        if let truth = image.cityscapes {
            try cityscapesInstances?.add(
                predictions: found.map {
                    .init(label: classes.categoryIDs[$0.category], confidence: Double($0.score), mask: $0.mask)
                }, instances: truth.instances.values, place: image.sample.path)
        }
        if let truth = image.instances {
            try instances?.add(
                predictions: found.map {
                    .init(category: classes.categoryIDs[$0.category], mask: $0.mask, score: Double($0.score))
                }, truth: truth, place: image.sample.path)
        }
    }

    /// The scores of all images added so far, those first that count most.
    var report: ScoringReport {
        var report = ScoringReport()
        if let panoptic { report.add(panoptic.result) }
        if let semantic { report.add(semantic.result) }
        if let cityscapesInstances { report.add(cityscapesInstances.result) }
        if let instances { report.add(instances.result) }
        if let cityscapes { report.add(cityscapes.result) }
        return report
    }
}

extension PanopticMap {
    /// A prediction.
    fileprivate init(_ result: PanopticResult, _ classes: ClassTable, place: String) {
        self.init(
            ids: result.segmentIDs.map { UInt32(bitPattern: $0) },
            segments: result.segments.map { Segment(id: $0.id, category: classes.categoryIDs[$0.category]) },
            place: place)
    }

    /// What is true.
    fileprivate init(_ truth: PanopticTruth, _ classes: ClassTable) {
        self.init(
            ids: truth.ids,
            segments: truth.annotation.segments.map {
                Segment(
                    id: $0.id, category: classes.categoryIDs[$0.classNumber], isCrowd: $0.isCrowd, area: $0.area)
            }, place: truth.annotation.path)
    }
}
