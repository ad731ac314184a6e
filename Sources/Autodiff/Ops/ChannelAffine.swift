import Kernels
import Tensors

/// x · scale + shift by channel, then ReLU where `relu` (a norm by stored statistics): [..., C], scale [C],
/// shift [C] -> [..., C].
///
/// Saves x (unless neither the ReLU nor the scale's gradient reads it), scale and shift. With g = dY where
/// the ReLU passed: dX = g · scale; dScale = Σ g · x; dShift = Σ g.
package func channelAffine(_ x: Variable, scale: Variable, shift: Variable, relu: Bool) -> Variable {
    let channels = x.value.channels
    precondition(
        scale.shape == [channels] && shift.shape == [channels],
        "channelAffine: x \(x.shape), scale \(scale.shape), shift \(shift.shape)")
    let zeros = Tensor(zeros: [channels])
    let norm = ChannelNorm(mean: zeros, scale: scale.value, shift: shift.value, relu: relu)
    let (needsX, needsScale, needsShift) = (x.needsGradient, scale.needsGradient, shift.needsGradient)
    let y = norm.forward(x.value)
    guard relu || needsScale || needsShift else {
        let factor = scale.value
        return record(y, inputs: [x, scale, shift]) { dY in [multiply(dY, factor), nil, nil] }
    }
    let (input, images) = (x.value, x.images ?? 1)
    return record(y, inputs: [x, scale, shift]) { dY in
        let dX = needsX ? norm.dataGradient(input, dY, slope: zeros, offset: zeros) : nil
        guard needsScale || needsShift else { return [dX, nil, nil] }
        let sums = norm.gradientSums(input, dY, groups: images)
        let shape = images > 1 ? [images, channels] : [channels]
        return [dX, needsScale ? sums.tensor(1, shape: shape) : nil, needsShift ? sums.tensor(0, shape: shape) : nil]
    }
}
