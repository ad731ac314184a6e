import Tensors

/// Items `range` of the leading axis: [N, …] -> [range.count, …].
package func slice(_ x: Tensor, _ range: Range<Int>) -> Tensor {
    precondition(!x.shape.isEmpty && range.upperBound <= x.shape[0], "slice: \(range) of shape \(x.shape)")
    let stride = x.count / max(1, x.shape[0])
    let y = Tensor(uninitialized: [range.count] + x.shape.dropFirst())
    y.data.update(from: x.data + range.lowerBound * stride, count: y.count)
    return y
}

/// Items `range` of the leading axis: [N, …] -> [range.count, …]. Saves nothing.
package func slice(_ x: Variable, _ range: Range<Int>) -> Variable {
    let shape = x.shape
    return record(slice(x.value, range), inputs: [x]) { dY in
        let dX = Tensor(zeros: shape)
        (dX.data + range.lowerBound * (dX.count / shape[0])).update(from: dY.data, count: dY.count)
        return [dX]
    }
}
