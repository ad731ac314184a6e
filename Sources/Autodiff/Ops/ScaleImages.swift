import Kernels
import Tensors

/// x times one factor for each image: [B, ...] -> [B, ...]. Saves the factors; dX = dY times them.
package func scaleImages(_ x: Variable, by factors: [Float]) -> Variable {
    precondition(factors.count == x.shape.first, "scaleImages: \(factors.count) factors for \(x.shape)")
    return record(scaled(x.value, factors), inputs: [x]) { [scaled($0, factors)] }
}

private func scaled(_ x: Tensor, _ factors: [Float]) -> Tensor {
    let width = x.count / max(1, factors.count)
    let grain = max(1, min(width, elementGrain))
    let y = Tensor(uninitialized: x.shape)
    let chunks = (width + grain - 1) / grain
    parallelFor(factors.count * chunks) { index in
        let (image, start) = (index / chunks, index % chunks * grain)
        let (source, target) = (x.data + image * width + start, y.data + image * width + start)
        for i in 0..<min(grain, width - start) { target[i] = factors[image] * source[i] }
    }
    withExtendedLifetime(x) {}
    return y
}
