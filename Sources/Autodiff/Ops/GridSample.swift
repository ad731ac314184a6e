import CKernels
import Tensors

/// Points that one thread takes at a time.
private let pointGrain = 512

/// x [B, H, W, C] at points [B, P, 2] in [0, 1], (x, y) -> [B, P, C]: bilinear and zero outside, torch's
/// grid_sample(2p − 1, align_corners: false).
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
