import Annotations

/// Average precision of masks, by COCO's rules (pycocotools' COCOeval for segm): ten IoU thresholds from
/// 0.5 to 0.95, 101 recall levels, at most 100 predictions a category and image, crowds and areas outside a
/// range ignored. Images are added in the order of their numbers: equal scores of different images are
/// ranked in that order.
package struct InstanceEvaluator: Evaluator {
    package static let task = "segm"

    /// A true instance.
    package struct Truth: Sendable {
        package let category: Int
        package let mask: RunLengthMask
        /// As the file states it; it decides between small, medium and large.
        package let area: Double
        /// Whether it is a group: predictions inside are neither right nor wrong.
        package let isCrowd: Bool

        package init(category: Int, mask: RunLengthMask, area: Double, isCrowd: Bool) {
            self.category = category
            self.mask = mask
            self.area = area
            self.isCrowd = isCrowd
        }
    }

    /// A predicted instance.
    package struct Prediction: Sendable {
        package let category: Int
        package let mask: RunLengthMask
        package let score: Double

        package init(category: Int, mask: RunLengthMask, score: Double) {
            self.category = category
            self.mask = mask
            self.score = score
        }
    }

    /// The categories that are scored.
    package let categories: [CategoryDescription]
    /// In the order of `categories`, then by area range.
    private var records: [[InstanceRecord]]
    private static let mostPredictions = 100

    /// `categories` have different numbers.
    package init(categories: [CategoryDescription]) {
        self.categories = categories
        precondition(Set(categories.map(\.id)).count == categories.count, "InstanceEvaluator: a category twice")
        records = Array(repeating: InstanceArea.allCases.map { _ in InstanceRecord() }, count: categories.count)
    }

    package func alone(with image: EvaluationImage) throws -> Self? {
        guard let instances = image.instances else { return nil }
        var own = Self(categories: categories)
        try own.add(predictions: instances.predictions, truth: instances.truth, place: instances.place)
        return own
    }

    package mutating func merge(_ other: InstanceEvaluator) {
        precondition(other.categories == categories, "merge: evaluators of other categories")
        for (category, areas) in other.records.enumerated() {
            for (area, record) in areas.enumerated() { records[category][area].append(record) }
        }
    }

    /// Scores one image. Throws `InputError` naming `place`, and has counted nothing, where masks differ
    /// in size or a category is not in the list.
    package mutating func add(predictions: [Prediction], truth: [Truth], place: String) throws {
        let masks = truth.map(\.mask) + predictions.map(\.mask)
        if let odd = masks.first(where: { $0.height != masks[0].height || $0.width != masks[0].width }) {
            throw InputError(
                place: place, what: "masks differ in size", expected: "\(masks[0].height)×\(masks[0].width)",
                got: "\(odd.height)×\(odd.width)", advice: "predict at the size of the ground truth")
        }
        let known = Set(categories.map(\.id))
        if let strange = (truth.map(\.category) + predictions.map(\.category)).first(where: { !known.contains($0) }) {
            throw InputError(
                place: place, what: "category \(strange) is not in the list",
                expected: "one of the \(categories.count) categories", got: "\(strange)",
                advice: "use the category numbers of the ground truth's file")
        }
        let trueOnes = Dictionary(grouping: truth, by: \.category)
        let guesses = Dictionary(grouping: predictions, by: \.category)
        for (index, id) in categories.map(\.id).enumerated() where trueOnes[id] != nil || guesses[id] != nil {
            let matching = InstanceMatching(predictions: Self.best(guesses[id] ?? []), truth: trueOnes[id] ?? [])
            for area in InstanceArea.allCases {
                matching.record(area, into: &records[index][area.rawValue])
            }
        }
    }

    /// The best-scored, in descending order; equal scores keep theirs.
    private static func best(_ predictions: [Prediction]) -> [Prediction] {
        let ranked = predictions.enumerated().sorted {
            ($1.element.score, $0.offset) < ($0.element.score, $1.offset)
        }
        return ranked.prefix(mostPredictions).map(\.element)
    }

    package var result: InstanceResult {
        InstanceResult(categories: categories, precisions: records.map { $0.map { $0.averagePrecisions() } })
    }
}

/// The ranges of areas, in pixels, that COCO scores apart; ends belong to both neighbours.
enum InstanceArea: Int, CaseIterable {
    case all, small, medium, large

    var range: ClosedRange<Double> {
        switch self {
        case .all: 0...1e10
        case .small: 0...1024
        case .medium: 1024...9216
        case .large: 9216...1e10
        }
    }
}
