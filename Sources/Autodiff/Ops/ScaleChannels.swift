import CKernels
import Kernels
import Tensors

/// x times one factor for each image and channel: [B, …, C], factors [B, C] -> [B, …, C]. Saves the factors; dX = dY
/// times them.
package func scaleChannels(_ x: Variable, by factors: Tensor) -> Variable {
    precondition(
        factors.shape == [x.shape[0], x.value.channels], "scaleChannels: factors \(factors.shape) for \(x.shape)")
    return record(scaled(x.value, factors), inputs: [x]) { [scaled($0, factors)] }
}

private func scaled(_ x: Tensor, _ factors: Tensor) -> Tensor {
    let (images, channels) = (x.shape[0], x.channels)
    let y = Tensor(uninitialized: x.shape)
    let rows = x.rows / max(1, images)
    let grain = max(1, elementGrain / channels)
    let chunks = (rows + grain - 1) / grain
    parallelFor(images * chunks) { index in
        let (image, start) = (index / chunks, index % chunks * grain)
        let first = (image * rows + start) * channels
        pk_multiply_rows(
            x.data + first, factors.data + image * channels, min(grain, rows - start), channels, channels,
            y.data + first)
    }
    withExtendedLifetime((x, factors)) {}
    return y
}
