import Tensors

/// Joins along the last axis: [..., C₁], [..., C₂], … -> [..., C₁ + C₂ + …].
package func concatenate(_ parts: [Tensor]) -> Tensor {
    let leading = Array(parts.first?.shape.dropLast() ?? [])
    precondition(
        !parts.isEmpty && parts.allSatisfy { !$0.shape.isEmpty && Array($0.shape.dropLast()) == leading },
        "concatenate: shapes \(parts.map(\.shape))")
    let y = Tensor(uninitialized: leading + [parts.reduce(0) { $0 + $1.channels }])
    let width = y.channels
    parallelRows(y.rows, grain: 1024) { rows in
        var offset = 0
        for part in parts {
            copyColumns(
                part.data, stride: part.channels, to: y.data + offset, stride: width, part.channels, rows)
            offset += part.channels
        }
    }
    return y
}

/// Joins along the last axis: [..., C₁], [..., C₂], … -> [..., C₁ + C₂ + …]. Saves nothing; the gradients
/// are slices.
package func concatenate(_ parts: [Variable]) -> Variable {
    let shapes = parts.map(\.shape)
    let wanted = parts.map(\.needsGradient)
    return record(concatenate(parts.map(\.value)), inputs: parts) { dY in
        var offset = 0
        return zip(shapes, wanted).map { shape, isWanted in
            let first = offset
            let channels = shape[shape.count - 1]
            offset += channels
            guard isWanted else { return nil }
            let dX = Tensor(uninitialized: shape)
            parallelRows(dX.rows, grain: 1024) { rows in
                copyColumns(
                    dY.data + first, stride: dY.channels, to: dX.data, stride: channels, channels, rows)
            }
            return dX
        }
    }
}

private func copyColumns(
    _ source: UnsafePointer<Float>, stride sourceStride: Int, to target: UnsafeMutablePointer<Float>,
    stride targetStride: Int, _ count: Int, _ rows: Range<Int>
) {
    for row in rows {
        (target + row * targetStride).update(from: source + row * sourceStride, count: count)
    }
}
