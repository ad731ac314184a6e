// One query for each target segment, by least cost (Mask2Former and PEM, matcher.py).
import Annotations
import Glibc
import Tensors

/// What a wrong class, a wrong mask and a small overlap cost.
package struct LossWeights: Sendable, Equatable {
    /// MASK_FORMER.CLASS_WEIGHT.
    package var classification: Float = 2
    /// MASK_FORMER.MASK_WEIGHT.
    package var mask: Float = 5
    /// MASK_FORMER.DICE_WEIGHT.
    package var dice: Float = 5

    /// The values of every PEM configuration.
    package init() {}
}

/// The matching of one image's queries with its target segments.
package struct HungarianMatcher: Sendable {
    /// The weights of the three costs.
    package let weights: LossWeights

    /// The pairs (query, segment) of one image, min(Q, segments) of them, ascending by query.
    ///
    /// - Parameters:
    ///   - classLogits: [Q, K + 1], the last column for "no object".
    ///   - maskEmbeddings: [Q, C].
    ///   - pointFeatures: the mask features at the points [P, C].
    ///   - points: [P, 2] in [0, 1], shared by all masks of the image.
    /// - Throws: `MatchingError` that names a cost which is not finite.
    package func match(
        classLogits: Tensor, maskEmbeddings: Tensor, pointFeatures: Tensor, points: Tensor, targets: MaskTargets,
        canvas: ImageSize
    ) throws(MatchingError) -> [AssignedPair] {
        let (queries, segments) = (classLogits.shape[0], targets.classes.count)
        guard segments > 0, queries > 0 else { return [] }
        let sums = PointSums(
            features: pointFeatures, embeddings: maskEmbeddings,
            targets: segmentsAtPoints(targets, canvas: canvas, points: points))
        var costs = [Double](repeating: 0, count: queries * segments)
        try add(classCosts(classLogits, targets.classes), "class cost", weights.classification, to: &costs, segments)
        try add(sums.maskCosts, "mask cost", weights.mask, to: &costs, segments)
        try add(sums.diceCosts, "dice cost", weights.dice, to: &costs, segments)
        return try linearAssignment(costs: costs, rows: queries, columns: segments)
    }

    private func add(
        _ part: [Double], _ name: String, _ weight: Float, to costs: inout [Double], _ segments: Int
    ) throws(MatchingError) {
        for i in costs.indices {
            guard part[i].isFinite else {
                throw MatchingError(tensor: name, value: part[i], position: [i / segments, i % segments])
            }
            costs[i] += Double(weight) * part[i]
        }
    }

    /// −softmax(logits)[class of the segment]: [Q, K + 1] -> [Q, segments].
    private func classCosts(_ logits: Tensor, _ classes: [Int]) -> [Double] {
        let width = logits.channels
        precondition(classes.allSatisfy { $0 >= 0 && $0 < width - 1 }, "class outside 0..<\(width - 1) in \(classes)")
        return (0..<logits.rows).flatMap { query -> [Double] in
            let row = UnsafeBufferPointer(start: logits.data + query * width, count: width)
            let peak = Double(row.max() ?? 0)
            let powers = row.map { exp(Double($0) - peak) }
            let sum = powers.reduce(0, +)
            return classes.map { -powers[$0] / sum }
        }
    }
}
