/// Panoptic quality (Kirillov et al., "Panoptic Segmentation"), by the rules of panopticapi's
/// evaluation.py: two segments match that share category and more than half of their union, void left out.
package struct PanopticEvaluator: Evaluator {
    package static let task = "panoptic_seg"

    /// The categories that are scored.
    package let categories: [CategoryDescription]
    /// In the order of `categories`.
    package private(set) var tallies: [PanopticTally]

    /// `categories` have different numbers.
    package init(categories: [CategoryDescription]) {
        self.categories = categories
        precondition(Set(categories.map(\.id)).count == categories.count, "PanopticEvaluator: a category twice")
        tallies = Array(repeating: PanopticTally(), count: categories.count)
    }

    package func alone(with image: EvaluationImage) throws -> Self? {
        guard let segments = image.segments else { return nil }
        var own = Self(categories: categories)
        try own.add(prediction: segments.prediction, truth: segments.truth)
        return own
    }

    package mutating func merge(_ other: PanopticEvaluator) {
        precondition(other.categories == categories, "merge: evaluators of other categories")
        for (index, tally) in other.tallies.enumerated() {
            tallies[index].merge(tally)
        }
    }

    /// Scores one image. Throws `InputError`, and has counted nothing, where sizes differ, a category is
    /// not in the list, a segment is listed twice, or pixels belong to a segment that is not listed; and
    /// where a predicted segment has no pixels. (A true one may: ADE20K lists stuff that things cover
    /// entirely. It is missed.)
    package mutating func add(prediction: PanopticMap, truth: PanopticMap) throws {
        guard prediction.ids.count == truth.ids.count else {
            throw prediction.fault(
                "prediction and truth differ in size", "\(truth.ids.count) pixels", "\(prediction.ids.count)")
        }
        let (predicted, wanted) = (try prediction.segmentsByID(), try truth.segmentsByID())
        for map in [prediction, truth] { try requireCategories(map) }
        let overlap = PanopticOverlap(prediction: prediction.ids, truth: truth.ids)
        let predictedIDs = Set(overlap.predictionAreas.keys)
        for (map, ids, listed) in [(prediction, predictedIDs, predicted), (truth, overlap.truthIDs, wanted)] {
            guard let id = ids.filter({ $0 != 0 && listed[$0] == nil }).min() else { continue }
            throw map.fault("segment \(id) is in the PNG but not in the JSON", "a listed segment", "pixels of \(id)")
        }
        if let id = predicted.keys.filter({ !predictedIDs.contains($0) }).min() {
            throw prediction.fault("segment \(id) is in the JSON but not in the PNG", "pixels of \(id)", "none")
        }
        count(overlap, predicted, wanted, truth.segments)
    }

    private func index(of category: Int) -> Int? { categories.firstIndex { $0.id == category } }

    private func requireCategories(_ map: PanopticMap) throws {
        for segment in map.segments where index(of: segment.category) == nil {
            throw map.fault(
                "segment \(segment.id) has category \(segment.category), which is not in the list",
                "one of the \(categories.count) categories", "\(segment.category)")
        }
    }

    private mutating func count(
        _ overlap: PanopticOverlap, _ predicted: [UInt32: PanopticMap.Segment], _ wanted: [UInt32: PanopticMap.Segment],
        _ order: [PanopticMap.Segment]
    ) {
        var (found, used) = (Set<UInt32>(), Set<UInt32>())
        for pair in overlap.pairs {
            guard let truth = wanted[pair.truth], let guess = predicted[pair.prediction], !truth.isCrowd,
                truth.category == guess.category, let index = index(of: truth.category)
            else { continue }
            let area = overlap.predictionAreas[pair.prediction, default: 0]
            let union = area + truth.area - pair.pixels - overlap.pixels(truth: 0, prediction: pair.prediction)
            let iou = Double(pair.pixels) / Double(union)
            guard iou > 0.5 else { continue }
            tallies[index].ious.append(iou)
            found.insert(pair.truth)
            used.insert(pair.prediction)
        }
        // PARITY: panopticapi keeps one crowd segment a category, the last in the list.
        var crowds: [Int: UInt32] = [:]
        for segment in order {
            let id = UInt32(segment.id)
            if segment.isCrowd {
                crowds[segment.category] = id
            } else if !found.contains(id), let index = index(of: segment.category) {
                tallies[index].falseNegatives += 1
            }
        }
        for (id, segment) in predicted where !used.contains(id) {
            var ignored = overlap.pixels(truth: 0, prediction: id)
            if let crowd = crowds[segment.category] {
                ignored += overlap.pixels(truth: crowd, prediction: id)
            }
            let area = overlap.predictionAreas[id, default: 0]
            if 2 * ignored <= area, let index = index(of: segment.category) {
                tallies[index].falsePositives += 1
            }
        }
    }

    package var result: PanopticQuality { PanopticQuality(categories: categories, tallies: tallies) }
}

/// How many pixels each true and each predicted segment share.
private struct PanopticOverlap {
    struct Pair {
        let truth, prediction: UInt32
        let pixels: Int
    }

    /// Sorted by truth, then prediction: sums over them never depend on hashing.
    let pairs: [Pair]
    /// Pixels of each predicted number, 0 included.
    let predictionAreas: [UInt32: Int]
    /// The numbers in the truth's pixels.
    let truthIDs: Set<UInt32>
    private let counts: [UInt64: Int]

    init(prediction: [UInt32], truth: [UInt32]) {
        let counts = runCounts(truth.count) { UInt64(truth[$0]) << 32 | UInt64(prediction[$0]) }
        self.counts = counts
        pairs = counts.keys.sorted().map {
            Pair(truth: UInt32($0 >> 32), prediction: UInt32(truncatingIfNeeded: $0), pixels: counts[$0, default: 0])
        }
        predictionAreas = pairs.reduce(into: [:]) { $0[$1.prediction, default: 0] += $1.pixels }
        truthIDs = Set(pairs.map(\.truth))
    }

    func pixels(truth: UInt32, prediction: UInt32) -> Int {
        counts[UInt64(truth) << 32 | UInt64(prediction), default: 0]
    }
}
