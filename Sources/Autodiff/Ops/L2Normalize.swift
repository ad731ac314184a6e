import CKernels
import Kernels
import Tensors

/// Columns that one call of the kernel handles.
private let columnBlock = 64

/// x / max(‖x‖₂, epsilon) along `axis` (torch.nn.functional.normalize), in x's shape.
///
/// Saves its output y and the norms. dX = (dY − y · Σ dY · y) / ‖x‖₂, and dY / epsilon where the norm is
/// below epsilon.
package func l2Normalize(_ x: Variable, axis: Int, epsilon: Float) -> Variable {
    precondition(x.shape.indices.contains(axis), "l2Normalize: axis \(axis) of shape \(x.shape)")
    // Seen as [outer, length, inner].
    let lines = Lines(
        outer: x.shape[..<axis].reduce(1, *), length: x.shape[axis], inner: x.shape[(axis + 1)...].reduce(1, *))
    let input = x.value
    let y = Tensor(uninitialized: x.shape)
    let norms = Tensor(uninitialized: [lines.outer * lines.inner])
    lines.forEach { start, first, count in
        if lines.inner == 1 {
            pk_l2_rows_forward(input.data + start, epsilon, count, lines.length, y.data + start, norms.data + first)
        } else {
            pk_l2_columns_forward(
                input.data + start, epsilon, lines.length, count, lines.inner, y.data + start, norms.data + first)
        }
    }
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: dY.shape)
        lines.forEach { start, first, count in
            let (output, gradient, result) = (y.data + start, dY.data + start, dX.data + start)
            if lines.inner == 1 {
                pk_l2_rows_backward(output, gradient, norms.data + first, epsilon, count, lines.length, result)
            } else {
                pk_l2_columns_backward(
                    output, gradient, norms.data + first, epsilon, lines.length, count, lines.inner, result)
            }
        }
        return [dX]
    }
}

/// The lines along one axis of a tensor seen as [outer, length, inner].
private struct Lines {
    let outer: Int
    let length: Int
    let inner: Int

    /// Calls `body` on chunks of neighbouring lines: offset of the first value, index of the first line,
    /// number of lines.
    func forEach(_ body: (_ start: Int, _ first: Int, _ count: Int) -> Void) {
        if inner == 1 {
            return forEachChunk(rows: outer, width: length) { start, rows in body(start, start / length, rows) }
        }
        let blocks = (inner + columnBlock - 1) / columnBlock
        parallelFor(outer * blocks) { tile in
            let (index, column) = (tile / blocks, tile % blocks * columnBlock)
            body(index * length * inner + column, index * inner + column, min(columnBlock, inner - column))
        }
    }
}
