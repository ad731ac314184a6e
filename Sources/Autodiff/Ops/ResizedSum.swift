import CKernels
import Kernels
import Tensors

/// x [B, H, W, C] plus `maps` [B, h, w, C], each resized to H × W bilinearly (align_corners false): [B, H, W, C]. Saves
/// nothing; dX = dY, and each pixel of a map gathers dY by the weights that it had.
package func resizedSum(_ x: Variable, _ maps: [Variable]) -> Variable {
    let shapes = maps.map(\.shape)
    let resize = MapResizes(shapes, to: x.shape)
    let y = Tensor(uninitialized: x.shape)
    let lineSize = x.shape[2] * x.value.channels
    parallelFor(x.shape[0] * x.shape[1]) { line in
        let target = y.data + line * lineSize
        target.update(from: x.value.data + line * lineSize, count: lineSize)
        resize.add(maps.map(\.value), line: line, columns: 0..<x.shape[2], to: target)
    }
    return record(y, inputs: [x] + maps) { dY in [dY] + shapes.indices.map { resize.gradient($0, dY) } }
}

/// The same where no graph is recorded, in passing: x [B, H, W, I] becomes [B, H, W, C] by the steps `first`, of which
/// the last linear map adds the resized maps, and goes on through the steps `last`. What lies between is never a whole
/// map.
package func streamedResizedSum(
    _ x: Tensor, through first: [RowStep], adding maps: [Tensor], then last: [RowStep]
) -> Tensor {
    let (before, after) = (RowSteps(first), RowSteps(last))
    let (lines, width, channels) = (x.shape[0] * x.shape[1], x.shape[2], before.outputs)
    let resize = MapResizes(maps.map(\.shape), to: x.shape.dropLast() + [channels])
    let y = Tensor(uninitialized: x.shape.dropLast() + [after.outputs])
    let granule = pk_convolution_tile_pixels()
    let grain = min(width, max(1, tileValues / (channels * granule)) * granule)
    let tiles = (width + grain - 1) / grain
    parallelFor(lines * tiles) { task in
        let (line, start) = (task / tiles, task % tiles * grain)
        let columns = start..<min(width, start + grain)
        let scratch = Tensor(zeros: [2, columns.count * channels])
        let (sum, mixed) = (scratch.data, scratch.data + scratch.channels)
        resize.add(maps, line: line, columns: columns, to: sum)
        let pixel = line * width + start
        before(x.data + pixel * x.channels, rows: columns.count, residual: sum, into: mixed)
        after(mixed, rows: columns.count, into: y.data + pixel * after.outputs)
        withExtendedLifetime(scratch) {}
    }
    withExtendedLifetime((x, maps)) {}
    return y
}

/// Values of a tile of the sum.
private let tileValues = 1 << 16

/// How maps are resized to one size.
private struct MapResizes {
    private let shapes: [[Int]]
    private let axes: [(rows: ResizeAxis, columns: ResizeAxis)]
    private let height: Int
    private let channels: Int

    /// Maps [B, h, w, C] to [B, H, W, C].
    init(_ shapes: [[Int]], to shape: [Int]) {
        precondition(
            shape.count == 4 && shapes.allSatisfy { $0.count == 4 && $0[0] == shape[0] && $0[3] == shape[3] },
            "resizedSum: \(shapes) to \(shape)")
        self.shapes = shapes
        axes = shapes.map {
            (ResizeAxis(input: $0[1], output: shape[1]), ResizeAxis(input: $0[2], output: shape[2]))
        }
        (height, channels) = (shape[1], shape[3])
    }

    /// Adds what some columns of a line of the batch get, to those columns.
    func add(_ maps: [Tensor], line: Int, columns range: Range<Int>, to target: UnsafeMutablePointer<Float>) {
        for (map, axes) in zip(maps, axes) {
            var (rows, columns) = (axes.rows.view, axes.columns.view)
            columns.output = range.count
            columns.lower += range.lowerBound
            columns.upper += range.lowerBound
            columns.weight += range.lowerBound
            let image = map.data + line / height * (map.count / map.shape[0])
            pk_add_resized_row(&rows, &columns, image, channels, line % height, target)
        }
        withExtendedLifetime(maps) {}
    }

    /// The gradient of map `index` from that of the sum.
    func gradient(_ index: Int, _ dY: Tensor) -> Tensor {
        let (shape, axes) = (shapes[index], axes[index])
        let dX = Tensor(uninitialized: shape)
        parallelFor(shape[0] * shape[1]) { line in
            var (rows, columns) = (axes.rows.view, axes.columns.view)
            pk_resize_row_gradient(
                &rows, &columns, dY.data + line / shape[1] * (dY.count / shape[0]), channels, line % shape[1],
                dX.data + line * shape[2] * channels)
        }
        return dX
    }
}
