import CKernels
import Kernels
import Tensors

/// The largest value of each window, per channel: [B, H, W, C] -> [B, H′, W′, C]. Pixels outside take no
/// part.
package func maxPool(_ x: Tensor, kernel: Int, stride: Int, padding: Int) -> Tensor {
    pooled(x, PoolGeometry(kernel: kernel, stride: stride, padding: padding), taps: nil)
}

/// The largest value of each window, per channel: [B, H, W, C] -> [B, H′, W′, C].
///
/// Saves one byte a value: the place of the (first) largest input in its window. dX gathers from there.
package func maxPool(_ x: Variable, kernel: Int, stride: Int, padding: Int) -> Variable {
    let geometry = PoolGeometry(kernel: kernel, stride: stride, padding: padding)
    guard x.needsGradient else { return Variable(pooled(x.value, geometry, taps: nil)) }
    let inputShape = x.shape
    let outputShape = geometry.outputShape("maxPool", input: inputShape)
    let taps = Tensor(uninitialized: [(outputShape.reduce(1, *) + 3) / 4])
    let y = pooled(x.value, geometry, taps: taps)
    return record(y, inputs: [x]) { dY in
        let dX = Tensor(uninitialized: inputShape)
        let lines = inputShape[0] * inputShape[1]
        let bytes = UnsafeRawPointer(taps.data).assumingMemoryBound(to: UInt8.self)
        parallelRows(lines, grain: PoolGeometry.lineGrain(inputShape)) { range in
            var sizes = geometry.kernelView(input: inputShape, output: outputShape)
            pk_max_pool_backward(&sizes, dY.data, bytes, range.lowerBound, range.upperBound, dX.data)
        }
        withExtendedLifetime(taps) {}
        return [dX]
    }
}

/// `taps` is a buffer of one byte for each output value, or nil.
private func pooled(_ x: Tensor, _ geometry: PoolGeometry, taps: Tensor?) -> Tensor {
    let shape = geometry.outputShape("maxPool", input: x.shape)
    let y = Tensor(uninitialized: shape)
    let bytes = taps.map { UnsafeMutableRawPointer($0.data).assumingMemoryBound(to: UInt8.self) }
    parallelRows(shape[0] * shape[1], grain: PoolGeometry.lineGrain(shape)) { range in
        var sizes = geometry.kernelView(input: x.shape, output: shape)
        pk_max_pool_forward(&sizes, x.data, range.lowerBound, range.upperBound, y.data, bytes)
    }
    withExtendedLifetime(taps) {}
    return y
}
