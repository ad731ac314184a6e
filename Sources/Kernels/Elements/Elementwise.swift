import Tensors

/// A new tensor of x's shape, filled chunk by chunk: `body` gets the first index of a chunk and its length.
package func elementwise(
    _ shape: [Int], _ body: (_ start: Int, _ count: Int, _ output: UnsafeMutablePointer<Float>) -> Void
) -> Tensor {
    let y = Tensor(uninitialized: shape)
    parallelRows(y.count, grain: elementGrain) { range in
        body(range.lowerBound, range.count, y.data + range.lowerBound)
    }
    return y
}

/// Calls `body` on chunks of rows of `width` floats: the first float of a chunk and its rows.
package func forEachChunk(rows: Int, width: Int, _ body: (_ start: Int, _ rows: Int) -> Void) {
    parallelRows(rows, grain: max(1, elementGrain / 2 / max(1, width))) { body($0.lowerBound * width, $0.count) }
}
