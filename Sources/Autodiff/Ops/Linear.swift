import Kernels
import Tensors

/// Rows and columns of an output tile: its three panels stay in the cache, and 100 queries still make several
/// tiles.
private let (rowTile, columnTile) = (256, 128)
/// Rows whose share of dW is summed apart, unless that made more than eight parts.
private let gradientRows = 2048
/// Rows from which packing the weight for the convolution's kernel pays.
private let manyRows = 1024
private let pointwise = ConvolutionGeometry(kernel: 1, stride: 1, padding: 0, dilation: 1)

/// x · Wᵀ + b on the last axis: [..., I], weight [O, I], bias [O] -> [..., O]. `kept` holds what the weight was packed
/// to before.
package func linear(_ x: Tensor, weight: Tensor, bias: Tensor?, kept: PackedWeights? = nil) -> Tensor {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    precondition(
        weight.shape.count == 2 && x.channels == inputs && bias.map { $0.shape == [outputs] } ?? true,
        "linear: x \(x.shape), weight \(weight.shape), bias \(bias.map { "\($0.shape)" } ?? "none")")
    if x.rows >= manyRows {
        return convolve(
            x.reshaped([1, 1, x.rows, inputs]), weight: weight.reshaped([outputs, 1, 1, inputs]), pointwise,
            epilogue: Epilogue(shift: bias), kept: kept
        ).reshaped(x.shape.dropLast() + [outputs])
    }
    let y = Tensor(uninitialized: x.shape.dropLast() + [outputs])
    forEachTile(rows: x.rows, columns: outputs, depth: inputs) { rows, columns in
        let corner = y.data + rows.lowerBound * outputs + columns.lowerBound
        if let bias {
            for row in 0..<rows.count {
                (corner + row * outputs).update(from: bias.data + columns.lowerBound, count: columns.count)
            }
        }
        gemm(
            transposeB: true, m: rows.count, n: columns.count, k: inputs, a: x.data + rows.lowerBound * inputs,
            lda: inputs, b: weight.data + columns.lowerBound * inputs, ldb: inputs, beta: bias == nil ? 0 : 1,
            c: corner, ldc: outputs)
    }
    return y
}

/// x · Wᵀ + b on the last axis: [..., I], weight [O, I], bias [O] -> [..., O].
///
/// Saves what `recordMap` says. dX = dY · W; dW = dYᵀ · X; db = column sums of dY.
package func linear(_ x: Variable, weight: Variable, bias: Variable?) -> Variable {
    let (inputShape, outputs) = (x.shape, weight.shape[0])
    let y = linear(x.value, weight: weight.value, bias: bias?.value, kept: weight.packed)
    return recordMap(y, x, weight: weight, bias: bias) {
        dataGradient($0, weight: $1, shape: inputShape)
    } dW: {
        weightGradient($0, dY: $1)
    } dBias: {
        Broadcast([outputs], along: $0.shape, operation: "linear").reduced($0, shape: [outputs])
    }
}

/// dX [..., I] = dY [..., O] · W [O, I].
private func dataGradient(_ dY: Tensor, weight: Tensor, shape: [Int]) -> Tensor {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    if dY.rows >= manyRows {
        return convolutionDataGradient(
            dY.reshaped([1, 1, dY.rows, outputs]), weight: weight.reshaped([outputs, 1, 1, inputs]), pointwise,
            inputShape: [1, 1, dY.rows, inputs]
        ).reshaped(shape)
    }
    let dX = Tensor(uninitialized: shape)
    forEachTile(rows: dY.rows, columns: inputs, depth: outputs) { rows, columns in
        gemm(
            m: rows.count, n: columns.count, k: outputs, a: dY.data + rows.lowerBound * outputs, lda: outputs,
            b: weight.data + columns.lowerBound, ldb: inputs,
            c: dX.data + rows.lowerBound * inputs + columns.lowerBound, ldc: inputs)
    }
    return dX
}

/// dW [O, I] = dYᵀ · X, by parts of the rows that are added in their order.
private func weightGradient(_ x: Tensor, dY: Tensor) -> Tensor {
    let (rows, inputs, outputs) = (x.rows, x.channels, dY.channels)
    let partRows = max(gradientRows, (rows + 7) / 8)
    let parts = max(1, (rows + partRows - 1) / partRows)
    let blocks = (outputs + columnTile - 1) / columnTile
    let partial = Tensor(uninitialized: [parts, outputs, inputs])
    parallelFor(parts * blocks) { tile in
        let (part, output) = (tile / blocks, tile % blocks * columnTile)
        let row = part * partRows
        gemm(
            transposeA: true, m: min(columnTile, outputs - output), n: inputs, k: min(partRows, rows - row),
            a: dY.data + row * outputs + output, lda: outputs, b: x.data + row * inputs, ldb: inputs,
            c: partial.data + (part * outputs + output) * inputs, ldc: inputs)
    }
    if parts == 1 { return partial.reshaped([outputs, inputs]) }
    return Broadcast([outputs, inputs], along: partial.shape, operation: "linear")
        .reduced(partial, shape: [outputs, inputs])
}

/// Tiles of a matrix product's result; a product too small to share is one tile.
private func forEachTile(rows: Int, columns: Int, depth: Int, _ body: (Range<Int>, Range<Int>) -> Void) {
    let width = rows * columns * depth < 1 << 20 ? columns : columnTile
    let across = (columns + width - 1) / width
    let down = (rows + rowTile - 1) / rowTile
    parallelFor(across * down) { tile in
        let (row, column) = (tile / across * rowTile, tile % across * width)
        body(row..<min(rows, row + rowTile), column..<min(columns, column + width))
    }
}
