import CKernels
import Tensors

/// x [H, W, C] at the points `range` of `points` [P, 2] in [0, 1], (x, y) -> [range.count, C]: bilinear and zero
/// outside, torch's grid_sample(2p − 1, align_corners: false). On the thread that calls it.
package func gridSample(_ x: Tensor, points: Tensor, _ range: Range<Int>) -> Tensor {
    precondition(
        x.shape.count == 3 && points.shape.count == 2 && points.shape[1] == 2 && range.upperBound <= points.shape[0],
        "gridSample: \(range) of points \(points.shape) for an image \(x.shape)")
    let y = Tensor(uninitialized: [range.count, x.channels])
    pk_grid_sample(
        x.data, x.shape[0], x.shape[1], x.channels, points.data + 2 * range.lowerBound, range.count, y.data)
    return y
}
