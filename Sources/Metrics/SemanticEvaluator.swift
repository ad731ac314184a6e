import Annotations

/// Scores semantic label maps by the rules of detectron2's `SemSegEvaluator`
/// (detectron2/evaluation/sem_seg_evaluation.py): counts pixels over all images in one confusion matrix,
/// from which `result` derives everything; and where asked for, those of boundary maps in a second one. Panoptic
/// quality takes each class of an image for one segment (MaskFormer's
/// tools/evaluate_pq_for_semantic_segmentation.py).
package struct SemanticEvaluator: Evaluator {
    package static let task = "sem_seg"

    /// The names of the classes 0 ..< K.
    package let classNames: [String]
    /// The true label of pixels that count for nothing.
    package let ignoreLabel: UInt16
    /// Which classes the means are of.
    package let rule: SemanticResult.MeanRule
    /// The pixels counted so far.
    package private(set) var confusion: ConfusionMatrix
    /// The pixels of boundary maps (`LabelBoundary`), nil where they are not scored.
    private var boundaryConfusion: ConfusionMatrix?
    /// Matches and misses of the classes as segments. [K]
    private var regions: [PanopticTally]

    /// Names by class number; pixels with the ignore label are not counted.
    /// `scoresBoundaries` adds boundary IoU.
    package init(
        classNames: [String], ignoreLabel: UInt16 = 255, scoresBoundaries: Bool = false,
        rule: SemanticResult.MeanRule = .detectron2
    ) {
        precondition(ignoreLabel >= classNames.count, "SemanticEvaluator: ignore label \(ignoreLabel) is a class")
        self.classNames = classNames
        self.ignoreLabel = ignoreLabel
        self.rule = rule
        confusion = ConfusionMatrix(classCount: classNames.count)
        boundaryConfusion = scoresBoundaries ? confusion : nil
        regions = Array(repeating: PanopticTally(), count: classNames.count)
    }

    /// Scores as detectron2 does, boundaries included where class numbers and one more fit into 8 bits; `rule` says
    /// which classes the means are of.
    package init(_ classes: ClassTable, rule: SemanticResult.MeanRule = .detectron2) {
        self.init(
            classNames: classes.names, ignoreLabel: UInt16(classes.ignoreLabel), scoresBoundaries: classes.count < 255,
            rule: rule)
    }

    package func alone(with image: EvaluationImage) throws -> Self? {
        try image.labels.map {
            try alone(prediction: $0.prediction, truth: $0.truth, image: $0.place, width: $0.width)
        }
    }

    /// Counts an image's pixels: predicted classes (all below K) and true labels, row-major. `image` names
    /// the image in errors: `InputError` when the sizes differ or a true label is neither class nor
    /// ignore label. Boundaries need the image's `width`.
    package mutating func add(prediction: [UInt16], truth: [UInt16], image: String, width: Int? = nil) throws {
        merge(try alone(prediction: prediction, truth: truth, image: image, width: width))
    }

    private func alone(prediction: [UInt16], truth: [UInt16], image: String, width: Int?) throws -> Self {
        guard prediction.count == truth.count else {
            throw InputError(
                place: image, what: "prediction and labels differ in size", expected: "\(prediction.count) pixels",
                got: "\(truth.count)", advice: "check that the label file belongs to the image")
        }
        var own = Self(
            classNames: classNames, ignoreLabel: ignoreLabel, scoresBoundaries: boundaryConfusion != nil, rule: rule)
        if let wrong = own.confusion.add(prediction: prediction, truth: truth, ignoreLabel: ignoreLabel) {
            throw InputError(
                place: image, what: "label outside the classes",
                expected: "0 to \(classNames.count - 1) or \(ignoreLabel)", got: "\(truth[wrong]) at pixel \(wrong)",
                advice: "map the labels to the data set's classes")
        }
        own.regions = PanopticTally.ofClassRegions(own.confusion)
        guard boundaryConfusion != nil else { return own }
        precondition(width != nil, "SemanticEvaluator: boundaries need the image's width")
        // Ignored pixels take part as one class more.
        let classCount = UInt16(classNames.count)
        let shifted = truth.map { $0 == ignoreLabel ? classCount : $0 }
        _ = own.boundaryConfusion?.add(
            prediction: LabelBoundary.map(prediction, width: width ?? prediction.count),
            truth: LabelBoundary.map(shifted, width: width ?? truth.count), ignoreLabel: classCount)
        return own
    }

    package mutating func merge(_ other: SemanticEvaluator) {
        precondition(
            other.classNames == classNames && other.ignoreLabel == ignoreLabel, "merge: evaluators of other classes")
        precondition(
            (other.boundaryConfusion == nil) == (boundaryConfusion == nil), "merge: only one scores boundaries")
        confusion.merge(other.confusion)
        if let boundaries = other.boundaryConfusion { boundaryConfusion?.merge(boundaries) }
        for (index, tally) in other.regions.enumerated() { regions[index].merge(tally) }
    }

    package var result: SemanticResult {
        SemanticResult(
            classNames: classNames, confusion: confusion, boundaries: boundaryConfusion, regions: regions, rule: rule)
    }
}
