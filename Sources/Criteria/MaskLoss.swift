import Autodiff
import CKernels
import Tensors

/// Cross-entropy and dice loss of each mask: logits [M, P], targets [M, P] -> [M, 2] (criterion.py, before the sum over
/// masks and its division by their number).
///
/// With s = sigmoid(x): column 0 is the mean over points of −t·log s − (1 − t)·log(1 − s), column 1 is
/// 1 − (2 Σ s·t + 1) / (Σ s + Σ t + 1). One op for all outputs of a decoder, so that their gradient is written once.
/// Saves logits, targets and two sums a mask; s is taken again.
package func maskLosses(logits: Variable, targets: Tensor) -> Variable {
    precondition(
        logits.shape.count == 2 && logits.shape == targets.shape,
        "maskLosses: logits \(logits.shape), targets \(targets.shape)")
    let (masks, points) = (targets.shape[0], targets.shape[1])
    let x = logits.value
    let result = Tensor(uninitialized: [masks, 2])
    // Of each mask: the numerator 2 Σ s·t + 1 and the denominator Σ s + Σ t + 1.
    let fractions = parallelMap(masks) { mask -> (numerator: Double, denominator: Double) in
        let (values, wanted) = (x.data + mask * points, targets.data + mask * points)
        let fraction = withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { sums in
            pk_dice_sums(values, wanted, points, sums.baseAddress)
            return (2 * sums[0] + 1, sums[1] + sums[2] + 1)
        }
        result.data[2 * mask] = Float(pk_sigmoid_cross_entropy_sum(values, wanted, 1, 1, points) / Double(points))
        result.data[2 * mask + 1] = Float(1 - fraction.0 / fraction.1)
        return fraction
    }
    return record(result, inputs: [logits]) { dY in
        let dX = Tensor(uninitialized: x.shape)
        parallelFor(masks) { mask in
            let (values, wanted) = (x.data + mask * points, targets.data + mask * points)
            let (target, dice) = (dX.data + mask * points, Tensor(uninitialized: [points]))
            let factor = dY.data[2 * mask] / Float(points)
            pk_sigmoid_cross_entropy_backward(values, wanted, factor, factor, points, target)
            // ∂dice/∂s = −2t/denominator + numerator/denominator²
            let (numerator, denominator) = fractions[mask]
            let dLoss = Double(dY.data[2 * mask + 1])
            pk_dice_backward(
                values, wanted, Float(-2 * dLoss / denominator),
                Float(dLoss * numerator / (denominator * denominator)), points, dice.data)
            let addend = dice.data
            for p in 0..<points { target[p] += addend[p] }
        }
        return [dX]
    }
}
