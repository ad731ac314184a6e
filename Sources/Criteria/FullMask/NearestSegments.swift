import Annotations

/// The segments of one image on a coarser map of the whole canvas, pixel by pixel that of the nearest pixel above and
/// to the left (torch's interpolate, mode nearest, in float32): [layers · height · width], −1 is none.
package func nearestSegments(_ targets: MaskTargets, canvas: ImageSize, height: Int, width: Int) -> [Int32] {
    let (rows, columns) = (nearest(canvas.height, to: height), nearest(canvas.width, to: width))
    return targets.layers.flatMap { layer in
        rows.flatMap { row in
            columns.map { column in
                row < targets.height && column < targets.width ? layer[row * targets.width + column] : -1
            }
        }
    }
}

/// The input position that each output position shows.
private func nearest(_ input: Int, to output: Int) -> [Int] {
    let scale = Float(input) / Float(output)
    return (0..<output).map { min(Int(Float($0) * scale), input - 1) }
}
