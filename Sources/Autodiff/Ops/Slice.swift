import Tensors

/// Items `range` of the leading axis: [N, …] -> [range.count, …]. The value shares x's buffer. Saves nothing.
package func slice(_ x: Variable, _ range: Range<Int>) -> Variable {
    let shape = x.shape
    return record(x.value.items(range), inputs: [x]) { dY in
        let dX = Tensor(zeros: shape)
        (dX.data + range.lowerBound * (dX.count / shape[0])).update(from: dY.data, count: dY.count)
        return [dX]
    }
}
