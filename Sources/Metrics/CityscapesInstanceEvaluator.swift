import Annotations

/// Cityscapes' instance scores, by the rules of cityscapesScripts' evalInstanceLevelSemanticLabeling.py
/// without distances: ten thresholds from 0.5 on, instances of at least 100 pixels; what lies mostly in
/// void, in groups or in smaller instances is neither right nor wrong.
package struct CityscapesInstanceEvaluator: Sendable {
    /// A predicted instance.
    package struct Prediction: Sendable {
        /// Its class as a label id; those without instance scores are passed over.
        package let label: Int
        package let confidence: Double
        package let mask: RunLengthMask

        package init(label: Int, confidence: Double, mask: RunLengthMask) {
            self.label = label
            self.confidence = confidence
            self.mask = mask
        }
    }

    /// A prediction's place in the ranking at one threshold.
    struct Ranked: Sendable {
        let confidence: Double
        let isRight: Bool
    }

    /// What was seen of one class.
    struct Record: Sendable {
        /// By threshold.
        var ranked = thresholds.map { _ in [Ranked]() }
        /// Instances nothing matches, by threshold.
        var missed = thresholds.map { _ in 0 }
        var hasTruth = false
    }

    /// numpy's arange(0.5, 1, 0.05).
    static let thresholds: [Double] = (0..<10).map { Double($0) * step + 0.5 }
    private static let step: Double = (0.5 + 0.05) - 0.5
    private static let smallest = 100

    /// By place in `CityscapesTables.thingIDs`.
    private var records = CityscapesTables.thingIDs.map { _ in Record() }

    package init() {}

    /// Forgets all images.
    package mutating func reset() { self = CityscapesInstanceEvaluator() }

    /// Adds the images that another evaluator has seen.
    package mutating func merge(_ other: CityscapesInstanceEvaluator) {
        for (place, record) in other.records.enumerated() {
            for level in Self.thresholds.indices {
                records[place].ranked[level] += record.ranked[level]
                records[place].missed[level] += record.missed[level]
            }
            records[place].hasTruth = records[place].hasTruth || record.hasTruth
        }
    }

    /// Scores one image against its instanceIds (label · 1000 + number; below 1000 a label, of things a
    /// group). Throws `MetricsError` naming `place` where sizes differ or a label is not in the table.
    package mutating func add(predictions: [Prediction], instances: [UInt16], place: String) throws {
        for prediction in predictions {
            let mask = prediction.mask
            guard mask.height * mask.width == instances.count, mask.width == predictions[0].mask.width else {
                throw MetricsError(
                    place: place, what: "a predicted mask and instanceIds differ in size",
                    expected: "\(instances.count) pixels", got: "\(mask.height)x\(mask.width)",
                    advice: "predict at the size of the ground truth")
            }
            guard CityscapesLabel.all.indices.contains(prediction.label) else {
                throw MetricsError(
                    place: place, what: "a prediction's label is not in the list", expected: "0 to 33",
                    got: "\(prediction.label)", advice: "write label ids, not trainIds")
            }
        }
        let areas = runCounts(instances.count) { instances[$0] }
        // Masks run down the columns.
        let columns = predictions.first.map { transposed(instances, width: $0.mask.width) } ?? []
        let overlaps = predictions.map { CityscapesOverlap($0, columns, areas) }
        for (place, label) in CityscapesTables.thingIDs.enumerated() {
            let found = overlaps.filter { $0.label == label && $0.area > 0 }
            let wanted = areas.keys.filter {
                $0 >= 1000 && $0 / 1000 == label && areas[$0, default: 0] >= Self.smallest
            }
            if !wanted.isEmpty { records[place].hasTruth = true }
            for (level, threshold) in Self.thresholds.enumerated() {
                rank(found, wanted.sorted(), threshold, level, &records[place])
            }
        }
    }

    private func rank(
        _ found: [CityscapesOverlap], _ wanted: [UInt16], _ threshold: Double, _ level: Int,
        _ record: inout Record
    ) {
        for instance in wanted {
            // The most confident match is right; every other of the same instance is one too many.
            let matches = found.filter { $0.iou(instance) > threshold }.map(\.confidence).sorted(by: >)
            if matches.isEmpty { record.missed[level] += 1 }
            record.ranked[level] += matches.enumerated().map { Ranked(confidence: $1, isRight: $0 == 0) }
        }
        for guess in found where !guess.hasMatch(above: threshold) {
            // PARITY: a group smaller than the smallest instance is subtracted twice.
            let ignored = guess.voidPixels + guess.ignoredPixels(smallest: Self.smallest)
            if Double(ignored) / Double(guess.area) <= threshold {
                record.ranked[level].append(Ranked(confidence: guess.confidence, isRight: false))
            }
        }
    }

    /// The scores of all images added so far.
    package var result: CityscapesInstanceResult {
        CityscapesInstanceResult(precisions: records.map(CityscapesPrecision.averages))
    }
}

/// What one predicted instance covers.
struct CityscapesOverlap {
    let label: Int
    let confidence: Double
    /// Pixels.
    let area: Int
    /// Pixels where instanceIds hold a plain label that is not scored.
    let voidPixels: Int
    /// Pixels shared with each instance or group of the same label, and all pixels of that.
    private let shared: [UInt16: (pixels: Int, area: Int)]

    /// `columns` are the instanceIds, column by column; `areas` their pixels.
    init(_ prediction: CityscapesInstanceEvaluator.Prediction, _ columns: [UInt16], _ areas: [UInt16: Int]) {
        var (counts, place) = ([UInt16: Int](), 0)
        for (index, length) in prediction.mask.counts.enumerated() {
            if index % 2 == 1 { addRunCounts(place..<place + length, to: &counts) { columns[$0] } }
            place += length
        }
        label = prediction.label
        confidence = prediction.confidence
        area = counts.values.reduce(0, +)
        voidPixels = counts.reduce(0) { sum, count in
            let isVoid =
                Int(count.key) < CityscapesLabel.all.count && CityscapesLabel.all[Int(count.key)].isIgnored
            return isVoid ? sum + count.value : sum
        }
        shared = counts.filter { Int($0.key < 1000 ? $0.key : $0.key / 1000) == prediction.label }
            .reduce(into: [:]) { $0[$1.key] = ($1.value, areas[$1.key, default: 0]) }
    }

    func iou(_ instance: UInt16) -> Double {
        guard let overlap = shared[instance] else { return 0 }
        return Double(overlap.pixels) / Double(overlap.area + area - overlap.pixels)
    }

    /// Whether it matches any instance or group, small ones too.
    func hasMatch(above threshold: Double) -> Bool { shared.keys.contains { iou($0) > threshold } }

    /// Pixels in groups, and in what is smaller than `smallest`.
    func ignoredPixels(smallest: Int) -> Int {
        shared.reduce(0) { sum, overlap in
            sum + (overlap.key < 1000 ? overlap.value.pixels : 0)
                + (overlap.value.area < smallest ? overlap.value.pixels : 0)
        }
    }
}
