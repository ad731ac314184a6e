import Tensors

/// x [B, H, W, C] -> [B, height, width, C], where pixel (i, j) is x's (⌊i · H / height⌋, ⌊j · W / width⌋) (torch's
/// interpolate, mode nearest).
package func resizeNearest(_ x: Variable, height: Int, width: Int) -> Variable {
    resized(x, .nearest, height: height, width: width)
}
