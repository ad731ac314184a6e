import Tensors

/// Rows of a matrix by index: [N, C] -> [indices.count, C].
package func gatherRows(_ x: Tensor, _ indices: [Int]) -> Tensor {
    precondition(x.shape.count == 2, "gatherRows: shape \(x.shape) is no matrix")
    precondition(indices.allSatisfy { $0 >= 0 && $0 < x.shape[0] }, "gatherRows: index outside \(x.shape)")
    let width = x.channels
    let y = Tensor(uninitialized: [indices.count, width])
    for (row, index) in indices.enumerated() {
        (y.data + row * width).update(from: x.data + index * width, count: width)
    }
    return y
}
