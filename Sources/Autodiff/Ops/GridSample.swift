// Samples of images at points, bilinear and zero outside: torch's grid_sample(2p − 1, align_corners: false).
import CKernels
import Tensors

/// Points that one thread takes at a time.
private let pointGrain = 512
/// Bands of rows of which each has one writer in the gradient.
private let bands = 16

/// x [B, H, W, C] at points [B, P, 2] in [0, 1], (x, y) -> [B, P, C].
package func gridSample(_ x: Tensor, points: Tensor) -> Tensor {
    let shape = x.shape
    precondition(
        shape.count == 4 && points.shape.count == 3 && points.shape[0] == shape[0] && points.shape[2] == 2,
        "gridSample: points \(points.shape) for an image \(shape)")
    let (height, width, channels, count) = (shape[1], shape[2], shape[3], points.shape[1])
    let y = Tensor(uninitialized: [shape[0], count, channels])
    let chunks = (count + pointGrain - 1) / pointGrain
    parallelFor(shape[0] * chunks) { index in
        let (image, first) = (index / chunks, index % chunks * pointGrain)
        let start = image * count + first
        pk_grid_sample(
            x.data + image * height * width * channels, height, width, channels, points.data + 2 * start,
            min(pointGrain, count - first), y.data + start * channels)
    }
    return y
}

/// x [B, H, W, C] at points [B, P, 2] in [0, 1], (x, y) -> [B, P, C]. Points get no gradient. Saves the
/// points.
package func gridSample(_ x: Variable, points: Tensor) -> Variable {
    let shape = x.shape
    return record(gridSample(x.value, points: points), inputs: [x]) { dY in
        [gridSampleGradient(dY, points: points, shape: shape)]
    }
}

/// dY [B, P, C] -> dX of the given shape. Every band of rows goes through the points in order, so sums have
/// one order.
private func gridSampleGradient(_ dY: Tensor, points: Tensor, shape: [Int]) -> Tensor {
    let (height, width, channels, count) = (shape[1], shape[2], shape[3], points.shape[1])
    let dX = Tensor(zeros: shape)
    let rows = (height + bands - 1) / bands
    parallelFor(shape[0] * bands) { index in
        let (image, first) = (index / bands, index % bands * rows)
        guard first < height else { return }
        pk_grid_sample_gradient(
            points.data + image * count * 2, count, dY.data + image * count * channels, height, width,
            channels, first, min(height, first + rows), dX.data + image * height * width * channels)
    }
    return dX
}
