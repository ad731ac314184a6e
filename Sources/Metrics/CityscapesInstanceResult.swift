import Annotations

/// Cityscapes' instance scores in percent. A class without instances has no score (NaN) and is left out of
/// the means.
package struct CityscapesInstanceResult: EvaluationResult {
    package static let title = "instances by Cityscapes' rules (cityscapesScripts)"

    /// The 8 things, by label id.
    package static let classNames = CityscapesTables.thingIDs.map { CityscapesLabel.all[$0].name }
    /// Mean over the ten thresholds of each class.
    package let perClass: [Double]
    /// The same at a threshold of one half.
    package let perClass50: [Double]
    /// Means over classes.
    package let ap, ap50: Double

    /// `precisions` [class][threshold], fractions of 1.
    init(precisions: [[Double]]) {
        func mean(_ values: [Double]) -> Double { values.reduce(0, +) / Double(values.count) }
        perClass = precisions.map { 100 * mean($0) }
        perClass50 = precisions.map { 100 * $0[0] }
        ap = mean(perClass.filter { !$0.isNaN })
        ap50 = mean(perClass50.filter { !$0.isNaN })
    }

    /// AP and AP50 by the names of detectron2's CityscapesInstanceEvaluator, then AP-person, AP50-person,
    /// ….
    package var entries: [(name: String, value: Double)] {
        var entries = [(name: "AP", value: ap), (name: "AP50", value: ap50)]
        entries += zip(Self.classNames, perClass).map { (name: "AP-" + $0, value: $1) }
        entries += zip(Self.classNames, perClass50).map { (name: "AP50-" + $0, value: $1) }
        return entries
    }

    /// A row a class, then the means.
    package var scores: ScoreTable {
        ScoreTable(
            header: ["class", "AP", "AP50"],
            rows: Self.classNames.indices.map { (Self.classNames[$0], [perClass[$0], perClass50[$0]]) },
            means: [("mean", [ap, ap50])])
    }
}

/// The area under Cityscapes' curve of precision over recall.
enum CityscapesPrecision {
    /// One for each threshold; NaN without instances.
    static func averages(_ record: CityscapesInstanceEvaluator.Record) -> [Double] {
        CityscapesInstanceEvaluator.thresholds.indices.map { level in
            guard record.hasTruth else { return .nan }
            return average(record.ranked.filter { $0.level == level }, missed: record.missed[level])
        }
    }

    /// Precision at every distinct confidence, weighted by half the recall between its neighbours.
    private static func average(_ ranked: [CityscapesInstanceEvaluator.Ranked], missed: Int) -> Double {
        if ranked.isEmpty { return 0 }
        let sorted = ranked.sorted { $0.confidence < $1.confidence }
        let right = sorted.count { $0.hits > 0 }
        var (precision, recall) = ([Double](), [Double]())
        var rightBefore = 0
        for (index, guess) in sorted.enumerated() {
            if index == 0 || sorted[index - 1].confidence != guess.confidence {
                let hits = Double(right - rightBefore)
                precision.append(hits / Double(sorted.count - index))
                recall.append(hits / Double(right + missed))
            }
            rightBefore += Int(guess.hits)
        }
        // An artificial point without any recall ends the curve; beyond its ends it stays what it is.
        precision.append(1)
        recall.append(0)
        return precision.indices.reduce(0) { sum, index in
            let (before, after) = (recall[max(index - 1, 0)], index + 1 < recall.count ? recall[index + 1] : 0)
            return sum + precision[index] * (before - after) / 2
        }
    }
}
