import Kernels
import Tensors

/// The variable of a linear map of x by a weight, plus a bias [O] on the last axis.
///
/// Saves x where the weight needs a gradient, and the weight where x does: `dX` gets dY and the weight, `dW` x and dY;
/// dbias are the column sums of dY, which `dBias` takes. `adding` is `dX` plus the gradient of x so far.
func recordMap(
    _ y: Tensor, _ x: Variable, weight: Variable, bias: Variable?, dX: @escaping (Tensor, Tensor) -> Tensor,
    adding: ((_ dY: Tensor, _ weight: Tensor, _ before: Tensor) -> Tensor)? = nil,
    dW: @escaping (Tensor, Tensor) -> Tensor, dBias: @escaping (Tensor) -> Tensor = columnSums
) -> Variable {
    let savedX = weight.needsGradient ? x.saved : nil
    let savedWeight = x.needsGradient ? weight.value : nil
    let (images, biasNeedsGradient) = (x.images, bias?.needsGradient ?? false)
    return record(y, inputs: [x, weight] + (bias.map { [$0] } ?? []), addsToFirst: adding != nil) { dY, before in
        [
            savedWeight.map { weight in before.flatMap { adding?(dY, weight, $0) } ?? dX(dY, weight) },
            savedX.map { x in sharedGradient(images, [x(), dY]) { dW($0[0], $0[1]) } },
            biasNeedsGradient ? sharedGradient(images, [dY]) { dBias($0[0]) } : nil,
        ]
    }
}
