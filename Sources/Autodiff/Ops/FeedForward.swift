import Kernels
import Tensors

/// Rows whose hidden values are in the cache together.
private let tileRows = 192

/// norm(x + W₂ · relu(W₁ · x + b₁) + b₂) without a graph: [..., C] -> [..., C]; `closing` is all that follows the ReLU.
/// Hidden values exist for a tile of rows alone.
package func feedForward(_ x: Tensor, first: RowMap, closing: ResidualNorm) -> Tensor {
    let channels = x.channels
    let y = Tensor(uninitialized: x.shape)
    parallelRows(x.rows, grain: tileRows) { rows in
        let start = rows.lowerBound * channels
        let hidden = first(x.data + start, rows: rows.count, relu: true)
        closing(hidden.data, rows: rows.count, residual: x.data + start, into: y.data + start)
        withExtendedLifetime(hidden) {}
    }
    return y
}
