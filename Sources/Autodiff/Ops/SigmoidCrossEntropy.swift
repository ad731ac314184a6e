import CKernels
import Kernels
import Tensors

/// The cross-entropy of sigmoid(logits) with targets in [0, 1], both [M, P]: the mean over each mask's
/// points, summed over masks, divided by `maskCount` (Mask2Former's sigmoid_ce_loss): a scalar.
///
/// Saves the logits. dLogits = dLoss · (sigmoid(logits) − targets) / (P · maskCount).
package func sigmoidCrossEntropy(_ logits: Variable, targets: Tensor, maskCount: Float) -> Variable {
    precondition(
        logits.shape.count == 2 && logits.shape == targets.shape && maskCount > 0,
        "sigmoidCrossEntropy: logits \(logits.shape), targets \(targets.shape), mask count \(maskCount)")
    let (masks, points) = (logits.shape[0], logits.shape[1])
    let input = logits.value
    var sums = [Double](repeating: 0, count: masks)
    sums.withUnsafeMutableBufferPointer { sums in
        parallelFor(masks) { mask in
            sums[mask] = pk_sigmoid_cross_entropy_sum(input.data + mask * points, targets.data + mask * points, points)
        }
    }
    let scale = 1 / (Double(max(1, points)) * Double(maskCount))
    return record(Tensor([Float(sums.reduce(0, +) * scale)], shape: [1]), inputs: [logits]) { dLoss in
        let factor = Float(Double(dLoss.scalar) * scale)
        return [
            elementwise(input.shape) { start, count, dX in
                pk_sigmoid_cross_entropy_backward(input.data + start, targets.data + start, factor, count, dX)
            }
        ]
    }
}
