import CKernels
import Kernels
import Tensors

/// What `batchNorm` computes.
package struct BatchNormResult {
    /// The normalised values, in x's shape.
    package let output: Variable
    /// The batch's mean, [C].
    package let mean: Tensor
    /// The batch's biased variance, [C].
    package let variance: Tensor
}

/// (x − m) / √(v + epsilon) · weight + bias, with mean m and biased variance v of each channel over all other
/// axes (Ioffe and Szegedy, Batch Normalization), then ReLU where `relu`: [..., C], weight [C], bias [C] ->
/// [..., C].
///
/// One value a channel is allowed: its variance is 0, and the output is the bias. Saves x, m and 1/√(v +
/// epsilon). With x̂ = (x − m)/√(v + epsilon) and g = dY where the ReLU passed: dWeight = Σ g · x̂; dBias = Σ
/// g; dX = weight/√(v + epsilon) · (g − mean(g) − x̂ · mean(g · x̂)).
package func batchNorm(
    _ x: Variable, weight: Variable, bias: Variable, epsilon: Float, relu: Bool
) -> BatchNormResult {
    let (rows, channels) = (x.value.rows, x.value.channels)
    precondition(
        rows > 0 && weight.shape == [channels] && bias.shape == [channels],
        "batchNorm: x \(x.shape), weight \(weight.shape), bias \(bias.shape)")
    let input = x.value
    let (mean, variance) = moments(input)
    let inverse = Tensor(
        variance.array.map { Float(1 / (Double($0) + Double(epsilon)).squareRoot()) }, shape: [channels])
    let norm = ChannelNorm(mean: mean, scale: multiply(weight.value, inverse), shift: bias.value, relu: relu)
    let (needsX, needsWeight, needsBias) = (x.needsGradient, weight.needsGradient, bias.needsGradient)
    let output = record(norm.forward(input), inputs: [x, weight, bias]) { dY in
        let sums = norm.gradientSums(input, dY)
        var gradients: [Tensor?] = [nil, nil, nil]
        if needsX {
            let (slope, offset) = meanTerms(sums, norm.scale, inverse, rows: rows)
            gradients[0] = norm.dataGradient(input, dY, slope: slope, offset: offset)
        }
        if needsWeight { gradients[1] = multiply(sums.tensor(1, shape: [channels]), inverse) }
        if needsBias { gradients[2] = sums.tensor(0, shape: [channels]) }
        return gradients
    }
    return BatchNormResult(output: output, mean: mean, variance: variance)
}

/// Mean and biased variance of each channel.
private func moments(_ x: Tensor) -> (mean: Tensor, variance: Tensor) {
    let channels = x.channels
    let sums = RowSums(rows: x.rows, width: channels, quantities: 2) { offset, rows, columns, sums in
        precondition(columns == channels, "batchNorm: rows of \(channels) channels are too wide")
        pk_add_moments(x.data + offset, rows, channels, sums, sums + channels)
    }
    let count = Double(x.rows)
    let mean = sums[0].map { $0 / count }
    let variance = zip(sums[1], mean).map { max(0, $0 / count - $1 * $1) }
    func rounded(_ values: [Double]) -> Tensor { Tensor(values.map { Float($0) }, shape: [channels]) }
    return (rounded(mean), rounded(variance))
}

/// The parts of dX that come through the statistics, as (x − m) · slope + offset.
private func meanTerms(
    _ sums: RowSums, _ scale: Tensor, _ inverse: Tensor, rows: Int
) -> (slope: Tensor, offset: Tensor) {
    let (scales, inverses) = (scale.array.map(Double.init), inverse.array.map(Double.init))
    let offset = zip(sums[0], scales).map { Float(-$0 * $1 / Double(rows)) }
    let slope = zip(sums[1], zip(scales, inverses)).map { Float(-$0 * $1.0 * $1.1 * $1.1 / Double(rows)) }
    return (Tensor(slope, shape: scale.shape), Tensor(offset, shape: scale.shape))
}
