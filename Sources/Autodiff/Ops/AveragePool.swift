import CKernels
import Kernels
import Tensors

/// The mean of each window, padding counted as zeros (torch's count_include_pad): [B, H, W, C] -> [B, H′,
/// W′, C].
///
/// With `into` the result is written into channels `channelOffset…` of a wider tensor, which is returned.
@discardableResult
package func averagePool(
    _ x: Tensor, kernel: Int, stride: Int, padding: Int, into: (output: Tensor, channelOffset: Int)? = nil
) -> Tensor {
    let geometry = PoolGeometry(kernel: kernel, stride: stride, padding: padding)
    let shape = geometry.outputShape("averagePool", input: x.shape)
    let destination = Destination(shape: shape, into: into)
    parallelRows(shape[0] * shape[1], grain: PoolGeometry.lineGrain(shape)) { range in
        var sizes = geometry.kernelView(input: x.shape, output: shape)
        pk_average_pool_forward(
            &sizes, x.data, range.lowerBound, range.upperBound, destination.start, destination.stride)
    }
    return destination.tensor
}

/// The mean of each window, padding counted as zeros: [B, H, W, C] -> [B, H′, W′, C]. Saves nothing.
///
/// dX gathers dY / kernel² from the windows that held the pixel. With `into` there is no graph: the result is written
/// into channels of a wider map, which is returned.
package func averagePool(
    _ x: Variable, kernel: Int, stride: Int, padding: Int, into: (output: Tensor, channelOffset: Int)? = nil
) -> Variable {
    if let into {
        return Variable(averagePool(x.value, kernel: kernel, stride: stride, padding: padding, into: into))
    }
    let geometry = PoolGeometry(kernel: kernel, stride: stride, padding: padding)
    let inputShape = x.shape
    let y = averagePool(x.value, kernel: kernel, stride: stride, padding: padding)
    let outputShape = y.shape
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: inputShape)
        let lines = inputShape[0] * inputShape[1]
        parallelRows(lines, grain: PoolGeometry.lineGrain(inputShape)) { range in
            var sizes = geometry.kernelView(input: inputShape, output: outputShape)
            pk_average_pool_backward(&sizes, dY.data, range.lowerBound, range.upperBound, dX.data)
        }
        return [dX]
    }
}
