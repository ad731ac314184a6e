import Autodiff

/// Cross-entropy of every query's class (criterion.py, loss_labels): matched queries have their segment's class, all
/// others "no object", the last; a mean weighted by 1 for classes and `noObjectWeight`.
///
/// - Parameters:
///   - logits: [B, Q, K + 1].
///   - masks: the matched queries of this output.
///   - classes: of each image, the class of each target segment.
/// - Returns: one value, before its weight.
package func classificationLoss(
    logits: Variable, masks: [MatchedMask], classes: [[Int]], noObjectWeight: Float
) -> Variable {
    let (batch, queries, width) = (logits.shape[0], logits.shape[1], logits.shape[2])
    var wanted = [Int](repeating: width - 1, count: batch * queries)
    for mask in masks { wanted[mask.image * queries + mask.query] = classes[mask.image][mask.segment] }
    var weights = [Float](repeating: 1, count: width)
    weights[width - 1] = noObjectWeight
    return crossEntropy(reshape(logits, [batch * queries, width]), targets: wanted, classWeights: weights)
}
