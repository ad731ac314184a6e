import CKernels
import Kernels
import Tensors

/// x [B, H, W, C] -> [B, height, width, C], bilinear, align_corners false, no antialiasing (torch's
/// interpolate).
package func resizeBilinear(_ x: Tensor, height: Int, width: Int) -> Tensor {
    precondition(x.shape.count == 4, "resizeBilinear: shape \(x.shape) is no image")
    let (inputHeight, inputWidth, channels) = (x.shape[1], x.shape[2], x.shape[3])
    if (inputHeight, inputWidth) == (height, width) { return x }
    let y = Tensor(uninitialized: [x.shape[0], height, width, channels])
    withAxes(rows: (inputHeight, height), columns: (inputWidth, width)) { rows, columns in
        var (rows, columns) = (rows, columns)
        withUnsafePointer(to: &rows) { rows in
            withUnsafePointer(to: &columns) { columns in
                parallelFor(x.shape[0] * height) { line in
                    pk_resize_row(
                        rows, columns, x.data + line / height * inputHeight * inputWidth * channels,
                        channels, line % height, y.data + line * width * channels)
                }
            }
        }
    }
    return y
}

/// x [B, H, W, C] -> [B, height, width, C], bilinear, align_corners false, no antialiasing. Saves nothing.
package func resizeBilinear(_ x: Variable, height: Int, width: Int) -> Variable {
    let shape = x.shape
    return record(resizeBilinear(x.value, height: height, width: width), inputs: [x]) { dY in
        [resizeBilinearGradient(dY, shape: shape)]
    }
}

/// dY [B, height, width, C] -> dX of the given shape; each row is gathered by one task.
private func resizeBilinearGradient(_ dY: Tensor, shape: [Int]) -> Tensor {
    let (inputHeight, inputWidth, channels) = (shape[1], shape[2], shape[3])
    let (height, width) = (dY.shape[1], dY.shape[2])
    if (inputHeight, inputWidth) == (height, width) { return dY }
    let dX = Tensor(uninitialized: shape)
    withAxes(rows: (inputHeight, height), columns: (inputWidth, width)) { rows, columns in
        var (rows, columns) = (rows, columns)
        withUnsafePointer(to: &rows) { rows in
            withUnsafePointer(to: &columns) { columns in
                parallelFor(shape[0] * inputHeight) { line in
                    pk_resize_row_gradient(
                        rows, columns, dY.data + line / inputHeight * height * width * channels, channels,
                        line % inputHeight, dX.data + line * inputWidth * channels)
                }
            }
        }
    }
    return dX
}

private func withAxes(
    rows: (input: Int, output: Int), columns: (input: Int, output: Int),
    _ body: (resize_axis, resize_axis) -> Void
) {
    let rowAxis = ResizeAxis(input: rows.input, output: rows.output)
    let columnAxis = ResizeAxis(input: columns.input, output: columns.output)
    rowAxis.withKernelView { rows in columnAxis.withKernelView { columns in body(rows, columns) } }
}
