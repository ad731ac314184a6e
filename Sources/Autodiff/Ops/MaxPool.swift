import Kernels
import Tensors

/// The largest value of each window, per channel: [B, H, W, C] -> [B, H′, W′, C]. Pixels outside take no part.
///
/// Saves one byte a value: the place of the (first) largest input in its window. dX gathers from there.
package func maxPool(_ x: Variable, kernel: Int, stride: Int, padding: Int) -> Variable {
    let geometry = PoolGeometry(kernel: kernel, stride: stride, padding: padding)
    guard x.needsGradient else { return Variable(geometry.pooled(x.value, isMaximum: true)) }
    let inputShape = x.shape
    let taps = Tensor(uninitialized: [(geometry.outputShape(input: inputShape).reduce(1, *) + 3) / 4])
    let y = geometry.pooled(x.value, isMaximum: true, taps: taps)
    return record(y, inputs: [x]) { dY in [geometry.gradient(dY, taps: taps, inputShape: inputShape)] }
}
