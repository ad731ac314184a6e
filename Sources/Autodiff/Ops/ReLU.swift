import CKernels
import Kernels
import Tensors

/// max(x, 0) of any shape; NaN stays.
package func relu(_ x: Tensor) -> Tensor {
    elementwise(x.shape) { start, count, y in pk_relu_forward(x.data + start, count, y) }
}

/// max(x, 0) of any shape. Saves its output; dX = dY where the output is positive.
package func relu(_ x: Variable) -> Variable {
    let y = relu(x.value)
    return record(y, inputs: [x]) { dY in
        [elementwise(y.shape) { start, count, dX in pk_relu_backward(y.data + start, dY.data + start, count, dX) }]
    }
}
