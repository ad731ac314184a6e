/// The scores of semantic segmentation, in percent. A class without true pixels has no score (NaN) and is
/// left out of the means, unless the rule says otherwise; pixels predicted as such a class still count against the
/// classes they belong to.
package struct SemanticResult: EvaluationResult {
    package static let title = "label maps by detectron2's rules (SemSegEvaluator)"

    /// Which classes have an IoU and an accuracy, and so count in the means (TEST.MEAN_IOU).
    package enum MeanRule: String, Codable, Sendable {
        /// Those with a true pixel (SemSegEvaluator).
        case detectron2
        /// Those with a true pixel; an IoU, which is 0, also those that are predicted (mmsegmentation's eval_metrics).
        case mmsegmentation
        /// All; without a true pixel both are 0 (PIDNet's testval).
        case allClasses
    }

    /// The names of the classes 0 ..< K.
    package let classNames: [String]
    /// The pixels that all scores but those of boundaries are of.
    package let confusion: ConfusionMatrix
    /// Intersection over union of each class: hits / (true + predicted - hits). [K]
    package let iou: [Double]
    /// Share of each class's true pixels that were found. [K]
    package let accuracy: [Double]
    /// Share of each class in all true pixels. [K]
    package let frequency: [Double]
    /// Mean of `iou`.
    package let meanIoU: Double
    /// Mean of `iou` weighted by `frequency`.
    package let frequencyWeightedIoU: Double
    /// Mean of `accuracy`.
    package let meanAccuracy: Double
    /// Share of all true pixels that are right.
    package let pixelAccuracy: Double

    /// IoU of each class in the boundary maps; NaN without pixels in them. Nil where boundaries are not
    /// scored.
    package let boundaryIoU: [Double]?
    /// Panoptic quality with each class of an image as one segment and ignored pixels as void (PQ^St of the MaskFormer
    /// paper): mean over the classes that are in an image, or predicted.
    package let regionQuality: PanopticQuality.Score

    init(
        classNames: [String], confusion: ConfusionMatrix, boundaries: ConfusionMatrix?, regions: [PanopticTally],
        rule: MeanRule
    ) {
        let hits = confusion.hits.map(Double.init)
        let truth = confusion.truthTotals.map(Double.init)
        let predicted = confusion.predictionTotals.map(Double.init)
        let present = truth.indices.filter { truth[$0] > 0 }
        let truthSum = truth.reduce(0, +)

        var iou = [Double](repeating: .nan, count: truth.count)
        var accuracy = iou
        for index in present {
            iou[index] = 100 * hits[index] / (truth[index] + predicted[index] - hits[index])
            accuracy[index] = 100 * hits[index] / truth[index]
        }
        for index in truth.indices where truth[index] == 0 {
            if rule == .allClasses || rule == .mmsegmentation && predicted[index] > 0 { iou[index] = 0 }
            if rule == .allClasses { accuracy[index] = 0 }
        }
        func mean(_ scores: [Double]) -> Double {
            let counted = scores.filter { !$0.isNaN }
            return counted.reduce(0, +) / Double(counted.count)
        }
        self.classNames = classNames
        self.confusion = confusion
        let categories = classNames.enumerated().map { CategoryDescription(id: $0, name: $1, isThing: false) }
        regionQuality = PanopticQuality(categories: categories, tallies: regions).all
        boundaryIoU = boundaries.map { boundaries in
            let (hits, truth, said) = (boundaries.hits, boundaries.truthTotals, boundaries.predictionTotals)
            return hits.indices.map { 100 * Double(hits[$0]) / Double(truth[$0] + said[$0] - hits[$0]) }
        }
        self.iou = iou
        self.accuracy = accuracy
        frequency = truth.map { 100 * $0 / truthSum }
        meanIoU = mean(iou)
        // NaN without any true pixel, like the other means.
        frequencyWeightedIoU = present.reduce(0) { $0 + iou[$1] * truth[$1] } / truthSum
        meanAccuracy = mean(accuracy)
        pixelAccuracy = 100 * hits.reduce(0, +) / truthSum
    }

    /// All scores by detectron2's names, in its order: mIoU, fwIoU, IoU-road, ..., mACC, pACC, ACC-road,
    /// ...; with boundaries, BoundaryIoU-road and min(IoU, B-Iou)-road after IoU-road. Last PQ_st, SQ_st and RQ_st, its
    /// names for panoptic scores of stuff.
    package var entries: [(name: String, value: Double)] {
        var entries = [(name: "mIoU", value: meanIoU), (name: "fwIoU", value: frequencyWeightedIoU)]
        for (index, name) in classNames.enumerated() {
            entries.append((name: "IoU-\(name)", value: iou[index]))
            guard let boundary = boundaryIoU?[index] else { continue }
            entries.append((name: "BoundaryIoU-\(name)", value: boundary))
            // Python's min: the first where the second is not a smaller number.
            let least = boundary < iou[index] ? boundary : iou[index]
            entries.append((name: "min(IoU, B-Iou)-\(name)", value: least))
        }
        entries += [(name: "mACC", value: meanAccuracy), (name: "pACC", value: pixelAccuracy)]
        entries += zip(classNames, accuracy).map { (name: "ACC-\($0)", value: $1) }
        entries += [
            (name: "PQ_st", value: regionQuality.pq), (name: "SQ_st", value: regionQuality.sq),
            (name: "RQ_st", value: regionQuality.rq),
        ]
        return entries
    }

    package var coverage: String? {
        let (all, counted) = (classNames.count, iou.count { !$0.isNaN })
        let absent = counted - frequency.count { $0 > 0 }
        if absent > 0 {
            return "of \(counted < all ? "\(counted) of " : "")\(all) classes, \(absent) without true pixels as 0"
        }
        return counted < all ? "of \(counted) of \(all) classes" : nil
    }

    /// A row a class: IoU, accuracy, share of the pixels.
    package var scores: ScoreTable {
        let rows = classNames.indices.map { (classNames[$0], [iou[$0], accuracy[$0], frequency[$0]]) }
        return ScoreTable(header: ["class", "IoU", "ACC", "pixels %"], rows: rows, means: [])
    }

    /// The scores as lines for a terminal: one per class, then the means, which say where they are of fewer than all
    /// classes. A dash stands for a class that is not in the images.
    package func table() -> String {
        let means = [
            ("mIoU" + (coverage.map { " " + $0 } ?? ""), meanIoU), ("fwIoU", frequencyWeightedIoU),
            ("mACC", meanAccuracy),
            ("pACC", pixelAccuracy), ("PQ^St", regionQuality.pq),
        ].map { "\($0.0) \(ScoreTable.cell($0.1))" }.joined(separator: "   ")
        return scores.text + "\n" + means
    }
}
