// What bilinear and nearest resizing share.
import CKernels
import Kernels
import Tensors

/// x [B, H, W, C] -> [B, height, width, C].
func resized(_ x: Tensor, _ method: ResizeMethod, height: Int, width: Int) -> Tensor {
    precondition(x.shape.count == 4, "resize: shape \(x.shape) is no image")
    return resized(x, method, from: x.shape, to: [x.shape[0], height, width, x.shape[3]], transposing: false)
}

/// x [B, H, W, C] -> [B, height, width, C]. Saves nothing; a map that it enlarges is made again from x.
func resized(_ x: Variable, _ method: ResizeMethod, height: Int, width: Int) -> Variable {
    let (shape, saved) = (x.shape, x.saved)
    let y = resized(x.value, method, height: height, width: width)
    let remade = { resized(saved(), method, height: height, width: width) }
    return record(y, inputs: [x], remade: y.count > x.value.count ? remade : nil) { dY in
        [resized(dY, method, from: shape, to: dY.shape, transposing: true)]
    }
}

/// A map resized from one shape to another; where `transposing` the gradient of that, each row gathered by one task.
private func resized(_ map: Tensor, _ method: ResizeMethod, from: [Int], to: [Int], transposing: Bool) -> Tensor {
    if from == to { return map }
    let rows = ResizeAxis(input: from[1], output: to[1], method)
    let columns = ResizeAxis(input: from[2], output: to[2], method)
    let (shape, channels) = (transposing ? from : to, map.channels)
    let result = Tensor(uninitialized: shape)
    let (imageSize, lineSize) = (map.shape[1] * map.shape[2] * channels, shape[2] * channels)
    parallelFor(shape[0] * shape[1]) { line in
        var (rows, columns) = (rows.view, columns.view)
        let (image, target) = (map.data + line / shape[1] * imageSize, result.data + line * lineSize)
        let kernel = transposing ? pk_resize_row_gradient : pk_resize_row
        kernel(&rows, &columns, image, channels, line % shape[1], target)
    }
    withExtendedLifetime((rows, columns)) {}
    return result
}
