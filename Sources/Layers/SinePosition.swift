import Glibc
import Tensors

/// The sine position encoding of DETR, normalised (position_encoding.py): temperature 10000, scale 2π; the
/// first half of the channels encodes y, the second x, sine and cosine interleaved.
/// Returns [images, height, width, channels], the same for every image.
package func sinePosition(images: Int, height: Int, width: Int, channels: Int) -> Tensor {
    let half = channels / 2
    let (rows, columns) = sinePositionAxes(height: height, width: width, channels: channels)
    let result = Tensor(uninitialized: [images, height, width, channels])
    parallelRows(images * height, grain: 8) { lines in
        for pixel in lines.lowerBound * width..<lines.upperBound * width {
            let target = result.data + pixel * channels
            target.update(from: rows.data + pixel / width % height * channels, count: half)
            (target + half).update(from: columns.data + pixel % width * channels + half, count: half)
        }
    }
    withExtendedLifetime((rows, columns)) {}
    return result
}

/// The same as rows [height, channels], which encode y beside zeros, and columns [width, channels], zeros beside x: a
/// pixel's encoding is the sum of the two.
package func sinePositionAxes(height: Int, width: Int, channels: Int) -> (rows: Tensor, columns: Tensor) {
    precondition(channels % 4 == 0, "sine position: \(channels) channels")
    let half = channels / 2
    let frequencies = (0..<half).map { powf(10000, 2 * Float($0 / 2) / Float(half)) }
    func encoding(_ length: Int, before: Int, after: Int) -> Tensor {
        let values = (0..<length).flatMap { position -> [Float] in
            let angle = Float(position + 1) / (Float(length) + 1e-6) * Float(2 * Double.pi)
            let encoded = (0..<half).map {
                $0 % 2 == 0 ? sinf(angle / frequencies[$0]) : cosf(angle / frequencies[$0])
            }
            return Array(repeating: 0, count: before) + encoded + Array(repeating: 0, count: after)
        }
        return Tensor(values, shape: [length, channels])
    }
    return (encoding(height, before: 0, after: half), encoding(width, before: half, after: 0))
}
