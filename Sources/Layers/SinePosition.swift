import Glibc
import Tensors

/// The sine position encoding of DETR, normalised (position_encoding.py): temperature 10000, scale 2π; the
/// first half of the channels encodes y, the second x, sine and cosine interleaved.
/// Returns [images, height, width, channels], the same for every image.
package func sinePosition(images: Int, height: Int, width: Int, channels: Int) -> Tensor {
    precondition(channels % 4 == 0, "sine position: \(channels) channels")
    let half = channels / 2
    let frequencies = (0..<half).map { powf(10000, 2 * Float($0 / 2) / Float(half)) }
    func encoding(_ length: Int) -> [Float] {
        (0..<length).flatMap { position -> [Float] in
            let angle = Float(position + 1) / (Float(length) + 1e-6) * Float(2 * Double.pi)
            return (0..<half).map {
                $0 % 2 == 0 ? sinf(angle / frequencies[$0]) : cosf(angle / frequencies[$0])
            }
        }
    }
    let (rows, columns) = (encoding(height), encoding(width))
    let result = Tensor(uninitialized: [images, height, width, channels])
    rows.withUnsafeBufferPointer { rows in
        columns.withUnsafeBufferPointer { columns in
            guard let rows = rows.baseAddress, let columns = columns.baseAddress else { return }
            parallelRows(images * height, grain: 8) { lines in
                for pixel in lines.lowerBound * width..<lines.upperBound * width {
                    let target = result.data + pixel * channels
                    target.update(from: rows + pixel / width % height * half, count: half)
                    (target + half).update(from: columns + pixel % width * half, count: half)
                }
            }
        }
    }
    return result
}
