import CKernels
import Kernels
import Tensors

/// Softmax over the last axis, in x's shape.
package func softmax(_ x: Tensor) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    forEachChunk(rows: x.rows, width: x.channels) { start, rows in
        pk_softmax_forward(x.data + start, rows, x.channels, y.data + start)
    }
    return y
}

/// Softmax over the last axis, in x's shape. Saves y; dX = y · (dY − Σ dY · y).
package func softmax(_ x: Variable) -> Variable {
    let y = softmax(x.value)
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: y.shape)
        forEachChunk(rows: y.rows, width: y.channels) { start, rows in
            pk_softmax_backward(y.data + start, dY.data + start, rows, y.channels, dX.data + start)
        }
        return [dX]
    }
}
