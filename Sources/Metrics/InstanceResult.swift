/// Average precision of masks in percent, by the names of detectron2's COCOEvaluator. What has no true
/// instance has no score (NaN) and is left out of the means.
package struct InstanceResult: EvaluationResult {
    package static let title = "instances by COCO's rules (pycocotools)"

    package let categories: [CategoryDescription]
    /// Mean over the thresholds from 0.5 to 0.95, of each category.
    package let perCategory: [Double]
    /// Means over categories: over all thresholds, at 0.5, at 0.75, and over all thresholds for small (to
    /// 32²), medium and large (from 96²) instances.
    package let ap, ap50, ap75, small, medium, large: Double

    /// `precisions` [category][area][threshold], the last empty where there is nothing to find.
    init(categories: [CategoryDescription], precisions: [[[Double]]]) {
        func mean(_ values: [Double]) -> Double { 100 * values.reduce(0, +) / Double(values.count) }
        func over(_ area: InstanceArea) -> [[Double]] {
            precisions.map { $0[area.rawValue] }.filter { !$0.isEmpty }
        }
        self.categories = categories
        perCategory = precisions.map { mean($0[InstanceArea.all.rawValue]) }
        ap = mean(over(.all).flatMap { $0 })
        ap50 = mean(over(.all).map { $0[0] })
        ap75 = mean(over(.all).map { $0[5] })
        small = mean(over(.small).flatMap { $0 })
        medium = mean(over(.medium).flatMap { $0 })
        large = mean(over(.large).flatMap { $0 })
    }

    private var means: [(name: String, value: Double)] {
        [("AP", ap), ("AP50", ap50), ("AP75", ap75), ("APs", small), ("APm", medium), ("APl", large)]
    }

    /// AP, AP50, AP75, APs, APm, APl, then AP-person, … of each category.
    package var entries: [(name: String, value: Double)] {
        means + zip(categories, perCategory).map { (name: "AP-" + $0.name, value: $1) }
    }

    /// A row a category, then the means.
    package var scores: ScoreTable {
        ScoreTable(
            header: ["category", "AP"], rows: zip(categories, perCategory).map { ($0.name, [$1]) },
            means: means.map { ($0.name, [$0.value]) })
    }
}
