import CKernels
import Kernels
import Tensors

/// 1 / (1 + e^−x) of any shape.
package func sigmoid(_ x: Tensor) -> Tensor {
    elementwise(x.shape) { start, count, y in pk_sigmoid_forward(x.data + start, count, y) }
}

/// 1 / (1 + e^−x) of any shape. Saves its output y; dX = dY · y · (1 − y).
package func sigmoid(_ x: Variable) -> Variable {
    let y = sigmoid(x.value)
    return record(y, inputs: [x]) { dY in
        [elementwise(y.shape) { start, count, dX in pk_sigmoid_backward(y.data + start, dY.data + start, count, dX) }]
    }
}
