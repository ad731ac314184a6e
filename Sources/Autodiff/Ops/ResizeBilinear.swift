import Tensors

/// x [B, H, W, C] -> [B, height, width, C], bilinear, align_corners false, no antialiasing (torch's interpolate).
package func resizeBilinear(_ x: Tensor, height: Int, width: Int) -> Tensor {
    resized(x, .bilinear, height: height, width: width)
}

/// The same with gradients: each pixel of x gathers dY by the weights that it had.
package func resizeBilinear(_ x: Variable, height: Int, width: Int) -> Variable {
    resized(x, .bilinear, height: height, width: width)
}

/// The same, align_corners true: the corners of x become those of the result.
package func resizeAlignedCorners(_ x: Variable, height: Int, width: Int) -> Variable {
    resized(x, .alignedCorners, height: height, width: width)
}
