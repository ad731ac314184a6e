import Autodiff
import CKernels
import Kernels
import Tensors

/// weight · the mean over all values of the cross-entropy of σ(logits) and targets that are 0 or 1, in which both kinds
/// weigh alike: 1 by the share of 0 in the batch, 0 by the share of 1 (PIDNet criterion.py, weighted_bce): each [B, H,
/// W, 1] -> one value.
///
/// Saves the logits. dLogits = dLoss · weight / count · share · (σ(logits) − target).
package func boundaryLoss(_ logits: Variable, targets: Tensor, weight: Float) -> Variable {
    let shape = logits.shape
    precondition(
        shape.count == 4 && shape[3] == 1 && targets.shape == shape,
        "boundaryLoss: logits \(shape), targets \(targets.shape)")
    let (lines, width, x) = (shape[0] * shape[1], shape[2], logits.value)
    func sum(_ ofLine: (_ start: Int) -> Double) -> Double {
        let sums = ScratchBuffer(repeating: 0.0, count: lines)
        parallelRows(lines, grain: 32) { range in
            for line in range { sums.data[line] = ofLine(line * width) }
        }
        return ImageTree.sum(
            (0..<shape[0]).map { image in
                (image * shape[1]..<(image + 1) * shape[1]).reduce(0) { $0 + sums.data[$1] }
            })
    }
    let boundaries = sum { start in (start..<start + width).reduce(0) { $0 + Double(targets.data[$1]) } }
    let share = boundaries / Double(x.count)
    let (positive, negative) = (Float(1 - share), Float(share))
    let total = sum { pk_sigmoid_cross_entropy_sum(x.data + $0, targets.data + $0, positive, negative, width) }
    let factor = Double(weight) / Double(x.count)
    return record(Tensor([Float(factor * total)], shape: [1]), inputs: [logits]) { dLoss in
        let scale = Double(dLoss.scalar) * factor
        let weights = (Float(scale * (1 - share)), Float(scale * share))
        return [
            elementwise(shape) { start, count, dX in
                pk_sigmoid_cross_entropy_backward(
                    x.data + start, targets.data + start, weights.0, weights.1, count, dX)
            }
        ]
    }
}
