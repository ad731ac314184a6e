import CKernels
import Kernels

/// x · Φ(x) of any shape, Φ the distribution function of the standard normal (Hendrycks and Gimpel; torch's GELU with
/// the exact error function). Saves x; dX = dY · (Φ(x) + x · e^(−x² / 2) / √(2π)).
package func gelu(_ x: Variable) -> Variable {
    let input = x.value
    let y = elementwise(input.shape) { start, count, y in pk_gelu_forward(input.data + start, count, y) }
    return record(y, inputs: [x]) { dY in
        [
            elementwise(input.shape) { start, count, dX in
                pk_gelu_backward(input.data + start, dY.data + start, count, dX)
            }
        ]
    }
}
