import Annotations

/// Cityscapes' instance scores, by the rules of cityscapesScripts' evalInstanceLevelSemanticLabeling.py
/// without distances: ten thresholds from 0.5 on, instances of at least 100 pixels; what lies mostly in
/// void, in groups or in smaller instances is neither right nor wrong.
package struct CityscapesInstanceEvaluator: Evaluator {
    package static let task = "segm"

    /// A predicted instance, its category a label id; those without instance scores are passed over.
    package typealias Prediction = InstanceEvaluator.Prediction

    /// A prediction in the ranking at one threshold.
    struct Ranked: Equatable, Sendable {
        let confidence: Double
        /// The threshold's index.
        let level: Int32
        /// 1 where it is right, else 0.
        let hits: Int32
    }

    /// What was seen of one class.
    struct Record: Codable, Sendable {
        /// In the order of the images, those of all thresholds.
        @Packed var ranked: [Ranked] = []
        /// Instances nothing matches, by threshold.
        var missed = thresholds.map { _ in 0 }
        var hasTruth = false
    }

    /// numpy's arange(0.5, 1, 0.05).
    static let thresholds: [Double] = (0..<10).map { Double($0) * step + 0.5 }
    private static let step: Double = (0.5 + 0.05) - 0.5
    private static let smallest = 100

    /// In the order of `CityscapesTables.thingIDs`.
    private var records = CityscapesTables.thingIDs.map { _ in Record() }

    package init() {}

    package func alone(with image: EvaluationImage) throws -> Self? {
        guard let instances = image.cityscapesInstances else { return nil }
        var own = Self()
        try own.add(predictions: instances.predictions, instances: instances.truth, place: instances.place)
        return own
    }

    package mutating func merge(_ other: CityscapesInstanceEvaluator) {
        for (index, record) in other.records.enumerated() {
            records[index].ranked += record.ranked
            for level in record.missed.indices { records[index].missed[level] += record.missed[level] }
            records[index].hasTruth = records[index].hasTruth || record.hasTruth
        }
    }

    /// Scores one image against its instanceIds (label · 1000 + number; below 1000 a label, of things a
    /// group). Throws `InputError` naming `place` where sizes differ or a label is not in the table.
    package mutating func add(predictions: [Prediction], instances: [UInt16], place: String) throws {
        for prediction in predictions {
            let mask = prediction.mask
            guard mask.height * mask.width == instances.count, mask.width == predictions[0].mask.width else {
                throw InputError(
                    place: place, what: "a predicted mask and instanceIds differ in size",
                    expected: "\(instances.count) pixels", got: "\(mask.height)x\(mask.width)",
                    advice: "predict at the size of the ground truth")
            }
            guard CityscapesLabel.all.indices.contains(prediction.category) else {
                throw InputError(
                    place: place, what: "a prediction's label is not in the list", expected: "0 to 33",
                    got: "\(prediction.category)", advice: "write label ids, not trainIds")
            }
        }
        let areas = runCounts(instances.count) { instances[$0] }
        // Masks run down the columns.
        let columns = predictions.first.map { transposed(instances, width: $0.mask.width) } ?? []
        let overlaps = predictions.map { CityscapesOverlap($0, columns, areas) }
        for (index, label) in CityscapesTables.thingIDs.enumerated() {
            let found = overlaps.filter { $0.label == label && $0.area > 0 }
            let wanted = areas.keys.filter {
                $0 >= 1000 && $0 / 1000 == label && areas[$0, default: 0] >= Self.smallest
            }
            if !wanted.isEmpty { records[index].hasTruth = true }
            for (level, threshold) in Self.thresholds.enumerated() {
                rank(found, wanted.sorted(), threshold, level, &records[index])
            }
        }
    }

    private func rank(
        _ found: [CityscapesOverlap], _ wanted: [UInt16], _ threshold: Double, _ level: Int, _ record: inout Record
    ) {
        for instance in wanted {
            // The most confident match is right; every other of the same instance is one too many.
            let matches = found.filter { $0.iou(instance) > threshold }.map(\.confidence).sorted(by: >)
            if matches.isEmpty { record.missed[level] += 1 }
            record.ranked += matches.enumerated().map {
                Ranked(confidence: $1, level: Int32(level), hits: $0 == 0 ? 1 : 0)
            }
        }
        for guess in found where !guess.hasMatch(above: threshold) {
            // PARITY: a group smaller than the smallest instance is subtracted twice.
            let ignored = guess.voidPixels + guess.ignoredPixels(smallest: Self.smallest)
            if Double(ignored) / Double(guess.area) <= threshold {
                record.ranked.append(Ranked(confidence: guess.confidence, level: Int32(level), hits: 0))
            }
        }
    }

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
        var (counts, start) = ([UInt16: Int](), 0)
        for (run, length) in prediction.mask.counts.enumerated() {
            if run % 2 == 1 { addRunCounts(start..<start + length, to: &counts) { columns[$0] } }
            start += length
        }
        label = prediction.category
        confidence = prediction.score
        area = counts.values.reduce(0, +)
        voidPixels = counts.reduce(0) { sum, count in
            let isVoid = Int(count.key) < CityscapesLabel.all.count && CityscapesLabel.all[Int(count.key)].isIgnored
            return isVoid ? sum + count.value : sum
        }
        shared = counts.filter { Int($0.key < 1000 ? $0.key : $0.key / 1000) == prediction.category }
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
