import Kernels
import Tensors

/// x [B, H, W, C] -> [B, height, width, C], where pixel (i, j) is x's (⌊i · H / height⌋, ⌊j · W / width⌋) (torch's
/// interpolate, mode nearest). Saves nothing.
package func resizeNearest(_ x: Variable, height: Int, width: Int) -> Variable {
    precondition(x.shape.count == 4, "resizeNearest: shape \(x.shape) is no image")
    let (from, to) = (x.shape, [x.shape[0], height, width, x.shape[3]])
    return record(resized(x.value, .nearest, from: from, to: to, transposing: false), inputs: [x]) { dY in
        [resized(dY, .nearest, from: from, to: to, transposing: true)]
    }
}
