import Annotations

/// Cityscapes' pixel-level scores as fractions of 1, by cityscapesScripts' names. A class that is neither
/// true nor predicted has no score (NaN) and is left out of the means.
package struct CityscapesResult: EvaluationResult {
    package static let title = "label maps by Cityscapes' rules (cityscapesScripts)"

    /// IoU of the 19 classes, by label id.
    package let classScores: [Double]
    /// iIoU of the 8 things.
    package let classInstanceScores: [Double]
    /// IoU of the 7 categories.
    package let categoryScores: [Double]
    /// iIoU of human and vehicle.
    package let categoryInstanceScores: [Double]

    /// The names that belong to the four lists.
    package static let classNames = CityscapesTables.scoredIDs.map { CityscapesLabel.all[$0].name }
    package static let instanceClassNames = CityscapesTables.thingIDs.map { CityscapesLabel.all[$0].name }
    package static let categoryNames = CityscapesTables.categories
    package static let instanceCategoryNames = zip(
        CityscapesTables.categories, CityscapesTables.categoryHasInstances
    ).filter(\.1).map(\.0)

    /// Of each list cityscapesScripts' key, the key of its mean, the names that belong to its scores, and the scores.
    private var lists: [(key: String, mean: String, names: [String], scores: [Double])] {
        [
            ("classScores", "averageScoreClasses", Self.classNames, classScores),
            ("classInstScores", "averageScoreInstClasses", Self.instanceClassNames, classInstanceScores),
            ("categoryScores", "averageScoreCategories", Self.categoryNames, categoryScores),
            ("categoryInstScores", "averageScoreInstCategories", Self.instanceCategoryNames, categoryInstanceScores),
        ]
    }

    /// The mean of the scores that exist.
    private static func mean(_ scores: [Double]) -> Double {
        let known = scores.filter { !$0.isNaN }
        return known.reduce(0, +) / Double(known.count)
    }

    /// The four means, then `classScores.road`, …: cityscapesScripts' keys, nested ones with a dot.
    package var entries: [(name: String, value: Double)] {
        lists.map { (name: $0.mean, value: Self.mean($0.scores)) }
            + lists.flatMap { list in zip(list.names, list.scores).map { (name: "\(list.key).\($0)", value: $1) } }
    }

    /// As detectron2's CityscapesSemSegEvaluator names them; `sup` are categories.
    package var detectron2Means: (task: String, entries: [(name: String, value: Double)])? {
        ("sem_seg", zip(["IoU", "iIoU", "IoU_sup", "iIoU_sup"], lists).map { ($0, 100 * Self.mean($1.scores)) })
    }

    /// In percent: classes, categories, means.
    package var scores: ScoreTable {
        func rows(_ names: [String], _ scores: [Double], _ things: [String], _ instance: [Double]) -> [ScoreTable.Row] {
            let weighted = Dictionary(zip(things, instance), uniquingKeysWith: { first, _ in first })
            return zip(names, scores).map { ($0, [100 * $1, 100 * (weighted[$0] ?? .nan)]) }
        }
        func means(_ name: String, _ scores: [Double], _ instance: [Double]) -> ScoreTable.Row {
            (name, [100 * Self.mean(scores), 100 * Self.mean(instance)])
        }
        let categories = rows(Self.categoryNames, categoryScores, Self.instanceCategoryNames, categoryInstanceScores)
        return ScoreTable(
            header: ["class", "IoU", "iIoU"],
            rows: rows(Self.classNames, classScores, Self.instanceClassNames, classInstanceScores)
                + categories.map { ("category \($0.name)", $0.scores) },
            means: [
                means("classes", classScores, classInstanceScores),
                means("categories", categoryScores, categoryInstanceScores),
            ])
    }
}
