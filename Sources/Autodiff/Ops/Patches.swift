import Tensors

/// Cells of `side` × `side` pixels as one pixel each, zeros where a cell leaves the map:
/// [B, H, W, C] -> [B, ⌈H / side⌉, ⌈W / side⌉, side² · C]. The pixels of a cell follow row by
/// row, or column by column where `columnsFirst`. Saves nothing; dX are those values of dY.
package func patches(_ x: Variable, side: Int, columnsFirst: Bool = false) -> Variable {
    precondition(x.shape.count == 4 && side > 0, "patches: shape \(x.shape), side \(side)")
    let cells = Cells(shape: x.shape, side: side, columnsFirst: columnsFirst)
    let y = Tensor(zeros: cells.outputShape)
    cells.forEachPixel { pixel, place in (y.data + place).update(from: x.value.data + pixel, count: cells.channels) }
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: cells.shape)
        cells.forEachPixel { pixel, place in (dX.data + pixel).update(from: dY.data + place, count: cells.channels) }
        return [dX]
    }
}

/// Where the pixels of a map lie among its cells.
private struct Cells {
    let shape: [Int]
    let side: Int
    let columnsFirst: Bool

    var channels: Int { shape[3] }
    var outputShape: [Int] {
        [shape[0], (shape[1] + side - 1) / side, (shape[2] + side - 1) / side, side * side * channels]
    }

    /// Calls `body` with the first float of each pixel in the map, and among the cells.
    func forEachPixel(_ body: (_ pixel: Int, _ place: Int) -> Void) {
        let (height, width, across) = (shape[1], shape[2], outputShape[2])
        parallelRows(shape[0] * height, grain: max(1, (1 << 15) / max(1, width * channels))) { lines in
            for line in lines {
                let (image, y) = (line / height, line % height)
                let row = (image * outputShape[1] + y / side) * across
                for x in 0..<width {
                    let inner = columnsFirst ? x % side * side + y % side : y % side * side + x % side
                    body(
                        (line * width + x) * channels, ((row + x / side) * side * side + inner) * channels)
                }
            }
        }
    }
}
