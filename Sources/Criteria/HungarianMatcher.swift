// One query for each target segment, by least cost (Mask2Former and PEM, matcher.py).
import Glibc
import Tensors

/// The matching of one image's queries with its target segments.
package struct HungarianMatcher: Sendable {
    /// The weights of the three costs.
    package let weights: LossWeights

    /// The pairs (query, segment) of one image, min(Q, segments) of them, ascending by query.
    ///
    /// - Parameters:
    ///   - classLogits: [Q, K + 1], the last column for "no object".
    ///   - classes: of the segments.
    ///   - maskCosts, diceCosts: [Q, segments].
    /// - Throws: `MatchingError` that names a cost which is not finite.
    package func match(
        classLogits: Tensor, classes: [Int], maskCosts: [Double], diceCosts: [Double]
    ) throws(MatchingError) -> [AssignedPair] {
        let (queries, segments) = (classLogits.shape[0], classes.count)
        var costs = [Double](repeating: 0, count: queries * segments)
        try add(classCosts(classLogits, classes), "class cost", weights.classification, to: &costs, segments)
        try add(maskCosts, "mask cost", weights.mask, to: &costs, segments)
        try add(diceCosts, "dice cost", weights.dice, to: &costs, segments)
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
