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

    /// Means over the scores that exist.
    package var averageScoreClasses: Double { Self.mean(classScores) }
    package var averageScoreInstClasses: Double { Self.mean(classInstanceScores) }
    package var averageScoreCategories: Double { Self.mean(categoryScores) }
    package var averageScoreInstCategories: Double { Self.mean(categoryInstanceScores) }

    private static func mean(_ scores: [Double]) -> Double {
        let known = scores.filter { !$0.isNaN }
        return known.reduce(0, +) / Double(known.count)
    }

    /// The four means, then `classScores.road`, …: cityscapesScripts' keys, nested ones with a dot.
    package var entries: [(name: String, value: Double)] {
        var entries = [
            (name: "averageScoreClasses", value: averageScoreClasses),
            (name: "averageScoreInstClasses", value: averageScoreInstClasses),
            (name: "averageScoreCategories", value: averageScoreCategories),
            (name: "averageScoreInstCategories", value: averageScoreInstCategories),
        ]
        let lists = [
            ("classScores", Self.classNames, classScores),
            ("classInstScores", Self.instanceClassNames, classInstanceScores),
            ("categoryScores", Self.categoryNames, categoryScores),
            ("categoryInstScores", Self.instanceCategoryNames, categoryInstanceScores),
        ]
        for (list, names, scores) in lists {
            entries += zip(names, scores).map { (name: "\(list).\($0)", value: $1) }
        }
        return entries
    }

    /// As detectron2's CityscapesSemSegEvaluator names them; `sup` are categories.
    package var detectron2Means: (task: String, entries: [(name: String, value: Double)])? {
        (
            "sem_seg",
            [
                ("IoU", 100 * averageScoreClasses), ("iIoU", 100 * averageScoreInstClasses),
                ("IoU_sup", 100 * averageScoreCategories), ("iIoU_sup", 100 * averageScoreInstCategories),
            ]
        )
    }

    /// The scores in percent as lines for a terminal: classes, categories, means.
    package func table() -> String {
        func rows(_ names: [String], _ scores: [Double], _ instanceNames: [String], _ instance: [Double])
            -> [(
                name: String, scores: [Double]
            )]
        {
            let weighted = Dictionary(zip(instanceNames, instance), uniquingKeysWith: { first, _ in first })
            return zip(names, scores).map { ($0, [100 * $1, 100 * (weighted[$0] ?? .nan)]) }
        }
        return ScoreTable(
            header: ["class", "IoU", "iIoU"],
            rows: rows(Self.classNames, classScores, Self.instanceClassNames, classInstanceScores)
                + rows(Self.categoryNames, categoryScores, Self.instanceCategoryNames, categoryInstanceScores)
                .map { ("category \($0.name)", $0.scores) },
            means: [
                ("classes", [100 * averageScoreClasses, 100 * averageScoreInstClasses]),
                ("categories", [100 * averageScoreCategories, 100 * averageScoreInstCategories]),
            ]
        ).text
    }
}
