import Tensors

/// Joins along the last axis: [..., C₁], [..., C₂], … -> [..., C₁ + C₂ + …]. Saves nothing; the gradients are slices.
package func concatenate(_ parts: [Variable]) -> Variable {
    let shapes = parts.map(\.shape)
    let leading = Array(shapes.first?.dropLast() ?? [])
    precondition(
        !parts.isEmpty && shapes.allSatisfy { !$0.isEmpty && Array($0.dropLast()) == leading },
        "concatenate: shapes \(shapes)")
    let widths = parts.map(\.value.channels)
    let offsets = widths.indices.map { widths[..<$0].reduce(0, +) }
    let y = Tensor(uninitialized: leading + [widths.reduce(0, +)])
    parallelRows(y.rows, grain: 1024) { rows in
        for (part, offset) in zip(parts, offsets) {
            copyColumns(part.value, 0, to: y, offset, count: part.value.channels, rows)
        }
    }
    let wanted = parts.map(\.needsGradient)
    return record(y, inputs: parts) { dY in
        shapes.indices.map { index in
            guard wanted[index] else { return nil }
            let dX = Tensor(uninitialized: shapes[index])
            parallelRows(dX.rows, grain: 1024) { rows in
                copyColumns(dY, offsets[index], to: dX, 0, count: widths[index], rows)
            }
            return dX
        }
    }
}

/// Copies `count` columns of some rows, from the column `first` on to the column `place` on.
func copyColumns(
    _ source: Tensor, _ first: Int, to target: Tensor, _ place: Int, count: Int, _ rows: Range<Int>
) {
    let (from, to) = (source.data + first, target.data + place)
    let (sourceWidth, targetWidth) = (source.channels, target.channels)
    for row in rows { (to + row * targetWidth).update(from: from + row * sourceWidth, count: count) }
}
