import CKernels
import Kernels
import Tensors

/// Softmax over the last axis, in x's shape.
package func softmax(_ x: Tensor) -> Tensor {
    let y = Tensor(uninitialized: x.shape)
    let width = x.channels
    parallelRows(x.rows, grain: rowGrain(width: width)) { range in
        let start = range.lowerBound * width
        pk_softmax_forward(x.data + start, range.count, width, y.data + start)
    }
    return y
}

/// Softmax over the last axis, in x's shape. Saves its output y; dX = y · (dY − Σ dY · y).
package func softmax(_ x: Variable) -> Variable {
    let y = softmax(x.value)
    let width = y.channels
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: y.shape)
        parallelRows(y.rows, grain: rowGrain(width: width)) { range in
            let start = range.lowerBound * width
            pk_softmax_backward(y.data + start, dY.data + start, range.count, width, dX.data + start)
        }
        return [dX]
    }
}
