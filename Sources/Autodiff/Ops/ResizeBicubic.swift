import Kernels
import Tensors

/// Bicubic resize (a = −0.75, align_corners false, no antialiasing) of [B, H, W, C] to [B, height, width, C]. Saves
/// nothing; dX is the transposed map of dY.
package func resizeBicubic(_ x: Variable, height: Int, width: Int) -> Variable {
    precondition(x.shape.count == 4, "resizeBicubic: shape \(x.shape) is no image")
    let (rows, columns) = (
        BicubicAxis(input: x.shape[1], output: height), BicubicAxis(input: x.shape[2], output: width)
    )
    return record(resizeBicubic(x.value, rows: rows, columns: columns), inputs: [x]) {
        [resizeBicubicGradient($0, rows: rows, columns: columns)]
    }
}
