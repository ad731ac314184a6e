import CKernels
import Tensors

/// The weighted mean of the cross-entropies of logits [N, K] and target classes [N], Σ wᵢ·lᵢ / Σ wᵢ with wᵢ
/// the weight of row i's target class (torch.nn.functional.cross_entropy): a scalar. Where all weights are 0
/// the loss is 0.
///
/// Where images are kept apart, both sums are taken image by image and then in the fixed tree. Saves the probabilities.
/// dLogits = dLoss · wᵢ / Σ w · (probabilities − one-hot target).
package func crossEntropy(_ logits: Variable, targets: [Int], classWeights: [Float]) -> Variable {
    precondition(
        logits.shape.count == 2 && logits.shape[0] == targets.count && logits.shape[1] == classWeights.count
            && targets.allSatisfy(classWeights.indices.contains),
        "crossEntropy: logits \(logits.shape), \(targets.count) targets, \(classWeights.count) class weights")
    let (rows, classes) = (targets.count, classWeights.count)
    let input = logits.value
    let probabilities = Tensor(uninitialized: logits.shape)
    var losses = [Double](repeating: 0, count: rows)
    losses.withUnsafeMutableBufferPointer { losses in
        guard let losses = losses.baseAddress else { return }
        pk_cross_entropy_forward(input.data, targets, rows, classes, probabilities.data, losses)
    }
    let weights = targets.map { Double(classWeights[$0]) }
    let imageRows = max(1, rows / (logits.images ?? 1))
    func sum(_ value: (Int) -> Double) -> Double {
        ImageTree.sum(
            stride(from: 0, to: rows, by: imageRows).map { first in
                (first..<first + imageRows).reduce(0) { $0 + value($1) }
            })
    }
    let total = sum { weights[$0] }
    let weighted = sum { weights[$0] * losses[$0] }
    return record(Tensor([Float(total > 0 ? weighted / total : 0)], shape: [1]), inputs: [logits]) { dLoss in
        let dLogits = Tensor(uninitialized: probabilities.shape)
        for row in 0..<rows {
            let factor = total > 0 ? Float(Double(dLoss.scalar) * weights[row] / total) : 0
            let (source, target) = (probabilities.data + row * classes, dLogits.data + row * classes)
            for index in 0..<classes { target[index] = source[index] * factor }
            target[targets[row]] -= factor
        }
        return [dLogits]
    }
}
