import CKernels
import Kernels
import Tensors

/// x · Φ(x) of any shape, Φ the distribution function of the standard normal (Hendrycks and Gimpel; torch's GELU with
/// the exact error function). Saves x, from which it is made again; dX = dY · (Φ(x) + x · e^(−x² / 2) / √(2π)).
package func gelu(_ x: Variable) -> Variable {
    let input = x.value
    func forward() -> Tensor {
        elementwise(input.shape) { start, count, y in pk_gelu_forward(input.data + start, count, y) }
    }
    return record(forward(), inputs: [x], remade: forward) { dY in
        [
            elementwise(input.shape) { start, count, dX in
                pk_gelu_backward(input.data + start, dY.data + start, count, dX)
            }
        ]
    }
}
