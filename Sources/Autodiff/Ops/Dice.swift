import CKernels
import Tensors

/// Dice loss of s = sigmoid(logits) and targets t in [0, 1], both [M, P]: 1 − (2 Σ s·t + 1) / (Σ s + Σ t + 1)
/// for each mask, summed over masks, divided by `maskCount` (Mask2Former's dice_loss): a scalar.
///
/// Saves the logits and each mask's numerator n and denominator d. dLogits = dLoss / maskCount · (n − 2 t·d)
/// / d² · s · (1 − s).
package func dice(_ logits: Variable, targets: Tensor, maskCount: Float) -> Variable {
    precondition(
        logits.shape.count == 2 && logits.shape == targets.shape && maskCount > 0,
        "dice: logits \(logits.shape), targets \(targets.shape), mask count \(maskCount)")
    let (masks, points) = (logits.shape[0], logits.shape[1])
    let input = logits.value
    var fractions = [(numerator: Double, denominator: Double)](repeating: (1, 1), count: masks)
    fractions.withUnsafeMutableBufferPointer { fractions in
        parallelFor(masks) { mask in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: 3) { sums in
                pk_dice_sums(input.data + mask * points, targets.data + mask * points, points, sums.baseAddress)
                fractions[mask] = (2 * sums[0] + 1, sums[1] + sums[2] + 1)
            }
        }
    }
    let loss = fractions.reduce(0) { $0 + (1 - $1.numerator / $1.denominator) } / Double(maskCount)
    return record(Tensor([Float(loss)], shape: [1]), inputs: [logits]) { [fractions] dLoss in
        let dLogits = Tensor(uninitialized: input.shape)
        let weight = Double(dLoss.scalar) / Double(maskCount)
        parallelFor(masks) { mask in
            let (numerator, denominator) = fractions[mask]
            pk_dice_backward(
                input.data + mask * points, targets.data + mask * points, Float(-2 * weight / denominator),
                Float(weight * numerator / (denominator * denominator)), points, dLogits.data + mask * points)
        }
        return [dLogits]
    }
}
