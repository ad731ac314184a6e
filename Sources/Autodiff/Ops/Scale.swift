import CKernels
import Kernels
import Tensors

/// x · factor of any shape.
package func scale(_ x: Tensor, _ factor: Float) -> Tensor {
    elementwise(x.shape) { start, count, y in pk_scale_forward(x.data + start, factor, count, y) }
}

/// x · factor of any shape. Saves nothing; dX = dY · factor.
package func scale(_ x: Variable, _ factor: Float) -> Variable {
    record(scale(x.value, factor), inputs: [x]) { dY in [scale(dY, factor)] }
}
