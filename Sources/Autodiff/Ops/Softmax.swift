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
