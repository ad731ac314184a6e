// Where the mask losses look (PointRend; detectron2's point_features.py): mostly where a mask is least certain.
import CKernels
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
        withUnsafeTemporaryAllocation(of: UInt32.self, capacity: total) { scratch in
            pk_most_uncertain_points(row, source, total, count, scratch.baseAddress, target)
        }
        (target + 2 * count).update(from: extra.data + mask * extraCount * 2, count: extraCount * 2)
    }
    return points
}
