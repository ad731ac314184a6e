// Where the mask losses look (PointRend; detectron2's point_features.py): mostly where a mask is least certain.
import Tensors

/// How many points the criterion samples of a mask, and which.
package struct PointSamplingConfiguration: Sendable, Equatable {
    /// MASK_FORMER.TRAIN_NUM_POINTS: points of a mask.
    package var pointCount = 12544
    /// MASK_FORMER.OVERSAMPLE_RATIO: candidates for each point.
    package var oversampling = 3.0
    /// MASK_FORMER.IMPORTANCE_SAMPLE_RATIO: the part of the points that are the most uncertain candidates.
    package var importance = 0.75

    /// The values of every PEM configuration.
    package init() {}

    /// The number of candidates of a mask.
    package var candidateCount: Int { Int(Double(pointCount) * oversampling) }
    /// The number of points taken from the candidates.
    package var uncertainCount: Int { Int(importance * Double(pointCount)) }
}

/// For each row of logits [M, N], the `count` points of `candidates` [M, N, 2] with the smallest |logit|, followed by
/// the points of `extra` [M, E, 2]: [M, count + E, 2]. Chosen candidates keep their order; of equals the first count.
package func mostUncertainPoints(logits: Tensor, candidates: Tensor, count: Int, followedBy extra: Tensor) -> Tensor {
    let (masks, total, extraCount) = (logits.shape[0], logits.shape[1], extra.shape[1])
    precondition(
        candidates.shape == [masks, total, 2] && extra.shape == [masks, extraCount, 2] && count <= total,
        "mostUncertainPoints: \(count) of candidates \(candidates.shape), logits \(logits.shape), \(extra.shape)")
    let points = Tensor(uninitialized: [masks, count + extraCount, 2])
    parallelFor(masks) { mask in
        let source = candidates.data + mask * total * 2
        let target = points.data + mask * (count + extraCount) * 2
        let row = logits.data + mask * total
        let limit = smallestMagnitudes(row, total: total, count: count)
        var (taken, equals) = (0, limit.equals)
        for i in 0..<total {
            let magnitude = row[i].bitPattern & 0x7fff_ffff
            if magnitude == limit.bits, equals > 0 { equals -= 1 } else if magnitude >= limit.bits { continue }
            target[2 * taken] = source[2 * i]
            target[2 * taken + 1] = source[2 * i + 1]
            taken += 1
        }
        (target + 2 * count).update(from: extra.data + mask * extraCount * 2, count: extraCount * 2)
    }
    return points
}

/// The magnitude, as bits, of the `count`-th smallest |value|, and how many values equal to it are among the smallest.
///
/// A radix search: the bits of positive floats are ordered as the floats are.
private func smallestMagnitudes(_ values: UnsafePointer<Float>, total: Int, count: Int) -> (bits: UInt32, equals: Int) {
    guard count > 0 else { return (0, 0) }
    var (prefix, known, wanted): (UInt32, UInt32, Int) = (0, 0, count)
    for (shift, digits): (UInt32, UInt32) in [(20, 11), (10, 10), (0, 10)] {
        let mask = (UInt32(1) << digits) - 1
        var histogram = [Int](repeating: 0, count: 1 << Int(digits))
        for i in 0..<total {
            let bits = values[i].bitPattern & 0x7fff_ffff
            if bits & known == prefix { histogram[Int((bits >> shift) & mask)] += 1 }
        }
        var digit = 0
        while histogram[digit] < wanted {
            wanted -= histogram[digit]
            digit += 1
        }
        prefix |= UInt32(digit) << shift
        known |= mask << shift
    }
    return (prefix, wanted)
}
