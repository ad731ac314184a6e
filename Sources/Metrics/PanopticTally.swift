/// What was counted of one category for its panoptic quality.
package struct PanopticTally: Codable, Sendable, Equatable {
    /// IoU of every match, in the order of the images: their sum does not depend on how images are shared out.
    @Packed var ious: [Double] = []
    /// Predictions too many, true segments missed.
    package internal(set) var falsePositives = 0, falseNegatives = 0
    /// Matches.
    package var truePositives: Int { ious.count }
    /// Sum of IoU over matches.
    package var iou: Double { ious.reduce(0, +) }

    /// Nothing counted.
    package init() {}

    /// Adds what was counted in images that come after one's own.
    mutating func merge(_ other: PanopticTally) {
        ious += other.ious
        falsePositives += other.falsePositives
        falseNegatives += other.falseNegatives
    }
}

extension PanopticTally {
    /// What one image counts of each class when its pixels are one segment, as panopticapi would have it: `confusion`
    /// is that of the image, ignored pixels its void. [K]
    static func ofClassRegions(_ confusion: ConfusionMatrix) -> [PanopticTally] {
        let (hits, truth) = (confusion.hits, confusion.truthTotals)
        // Void is left out of the union, and so of the prediction's area here.
        let predicted = confusion.predictionTotals
        return hits.indices.map { index in
            var tally = PanopticTally()
            let union = truth[index] + predicted[index] - hits[index]
            if union > 0, 2 * hits[index] > union {
                tally.ious = [Double(hits[index]) / Double(union)]
                return tally
            }
            tally.falseNegatives = truth[index] > 0 ? 1 : 0
            // A prediction that lies mostly in void is not too many.
            let void = confusion[index, confusion.classCount]
            tally.falsePositives = predicted[index] + void > 0 && void <= predicted[index] ? 1 : 0
            return tally
        }
    }
}
