import Kernels

/// The mean of each window, padding counted as zeros (torch's count_include_pad): [B, H, W, C] -> [B, H′, W′, C]. Saves
/// nothing.
///
/// dX gathers dY / kernel² from the windows that held the pixel. With `into` there is no graph: the result is written
/// into channels of a wider map, which is returned.
package func averagePool(_ x: Variable, kernel: Int, stride: Int, padding: Int, into: ChannelSlice? = nil) -> Variable {
    let geometry = PoolGeometry(kernel: kernel, stride: stride, padding: padding)
    let y = geometry.pooled(x.value, isMaximum: false, into: into)
    if into != nil { return Variable(y) }
    let inputShape = x.shape
    return record(y, inputs: [x]) { dY in [geometry.gradient(dY, inputShape: inputShape)] }
}
