import CKernels
import Tensors

/// The weighted mean of the cross-entropies of logits [N, K] and target classes [N], Σ wᵢ·lᵢ / Σ wᵢ with wᵢ
/// the weight of row i's target class (torch.nn.functional.cross_entropy): a scalar. Where all weights are 0
/// the loss is 0.
///
/// Saves the probabilities. dLogits = dLoss · wᵢ / Σ w · (probabilities − one-hot target).
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
    let total = weights.reduce(0, +)
    let sum = zip(weights, losses).reduce(0) { $0 + $1.0 * $1.1 }
    return record(Tensor([Float(total > 0 ? sum / total : 0)], shape: [1]), inputs: [logits]) { dLoss in
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
