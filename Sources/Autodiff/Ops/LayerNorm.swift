import CKernels
import Kernels
import Tensors

/// (x − m) / √(v + epsilon) · weight + bias on the last axis, with each row's mean m and biased variance v
/// (Ba et al., Layer Normalization): [..., C], weight [C], bias [C] -> [..., C].
///
/// Saves x, from which it is made again, the weight, and m and 1/√(v + epsilon) of each row. With
/// x̂ = (x − m)/√(v + epsilon) and g = dY · weight: dX = (g − mean(g) − x̂ · mean(g · x̂)) / √(v + epsilon);
/// dWeight = Σ dY · x̂; dBias = Σ dY.
package func layerNorm(_ x: Variable, weight: Variable, bias: Variable, epsilon: Float) -> Variable {
    let (rows, channels) = (x.value.rows, x.value.channels)
    precondition(
        weight.shape == [channels] && bias.shape == [channels],
        "layerNorm: x \(x.shape), weight \(weight.shape), bias \(bias.shape)")
    let (input, scale, shift) = (x.value, weight.value, bias.value)
    let statistics = Tensor(uninitialized: [rows, 2])
    func forward() -> Tensor {
        let y = Tensor(uninitialized: input.shape)
        forEachChunk(rows: rows, width: channels) { start, count in
            pk_layer_norm_forward(
                input.data + start, scale.data, shift.data, epsilon, count, channels, y.data + start,
                statistics.data + 2 * (start / channels))
        }
        return y
    }
    let (needsX, needsWeight, needsBias) = (x.needsGradient, weight.needsGradient, bias.needsGradient)
    let images = x.images ?? 1
    return record(forward(), inputs: [x, weight, bias], remade: forward) { dY in
        var gradients: [Tensor?] = [nil, nil, nil]
        if needsX {
            let dX = Tensor(uninitialized: input.shape)
            forEachChunk(rows: rows, width: channels) { start, count in
                pk_layer_norm_backward(
                    input.data + start, dY.data + start, scale.data, statistics.data + 2 * (start / channels), count,
                    channels, dX.data + start)
            }
            gradients[0] = dX
        }
        guard needsWeight || needsBias else { return gradients }
        let sums = layerNormSums(input, dY, statistics, images: images)
        let shape = images > 1 ? [images, channels] : [channels]
        if needsWeight { gradients[1] = sums.tensor(1, shape: shape) }
        if needsBias { gradients[2] = sums.tensor(0, shape: shape) }
        return gradients
    }
}

/// Σ dY and Σ dY · x̂ over the rows of each of `images` parts.
private func layerNormSums(_ x: Tensor, _ dY: Tensor, _ statistics: Tensor, images: Int) -> RowSums {
    let channels = x.channels
    return RowSums(groups: images, rows: x.rows / images, width: channels, quantities: 2) {
        offset, rows, _, sums in
        pk_add_layer_norm_sums(
            x.data + offset, dY.data + offset, statistics.data + 2 * (offset / channels), rows, channels, sums,
            sums + channels)
    }
}
