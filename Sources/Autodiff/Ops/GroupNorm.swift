import CKernels
import Kernels
import Tensors

/// (x − m) / √(v + epsilon) · weight + bias, with mean m and biased variance v of each image and group of neighbouring
/// channels (Wu and He, Group Normalization), plus a residual of x's shape where there is one, then ReLU where `relu`:
/// [B, H, W, C], weight [C], bias [C] -> [B, H, W, C].
///
/// Saves x, from which (and the residual) it is made again, m and 1/√(v + epsilon); with a residual and ReLU its output
/// instead of making it again. With x̂ = (x − m)/√(v + epsilon), and dY where the ReLU let the sum through:
/// dWeight = Σ dY · x̂; dBias = Σ dY; with g = dY · weight and means over the group:
/// dX = (g − mean(g) − x̂ · mean(g · x̂)) / √(v + epsilon).
package func groupNorm(
    _ x: Variable, weight: Variable, bias: Variable, groups: Int, epsilon: Float, relu: Bool = false,
    residual: Variable? = nil
) -> Variable {
    precondition(x.shape.count == 4, "groupNorm: shape \(x.shape) is no image")
    return normalized(
        x, weight: weight, bias: bias, images: x.shape[0], groups: groups, epsilon: epsilon, relu: relu,
        residual: residual, isRemade: true
    ).output
}

/// The norm of x seen as [images, rows, C], plus a residual, then ReLU where `relu`, and the moments of each image's
/// channels, those of their groups. Gradients pass where the ReLU did. Where `isRemade` it is made again from x and the
/// residual, unless the ReLU's place must be known from the output.
func normalized(
    _ x: Variable, weight: Variable, bias: Variable, images: Int, groups: Int, epsilon: Float, relu: Bool,
    residual: Variable? = nil, isRemade: Bool = false
) -> (output: Variable, moments: [(mean: Tensor, variance: Tensor)]) {
    let (shape, channels) = (x.shape, x.value.channels)
    precondition(
        x.value.count > 0 && groups > 0 && channels % groups == 0 && weight.shape == [channels]
            && bias.shape == [channels] && (residual?.shape ?? shape) == shape,
        "norm: x \(shape), \(groups) groups, weight \(weight.shape), bias \(bias.shape)")
    let rows = x.value.rows / images
    let input = x.value.reshaped([images, rows, channels])
    // Images whose sums are kept apart within what is normalised together, in batch norm.
    let apart = images == 1 ? x.images ?? 1 : 1
    let keepsApart = x.images ?? 1 > 1
    let moments = moments(input, groups: groups, apart: apart)
    let inverses = moments.map { moments in
        Tensor(moments.variance.array.map { Float(1 / (Double($0) + Double(epsilon)).squareRoot()) }, shape: [channels])
    }
    let norms = zip(moments, inverses).map {
        ChannelNorm(mean: $0.mean, scale: multiply(weight.value, $1), shift: bias.value, relu: relu)
    }
    func forward(_ residual: Tensor?) -> Tensor {
        let y = Tensor(uninitialized: input.shape)
        for (image, norm) in norms.enumerated() {
            func part(_ x: Tensor) -> Tensor { x.reshaped(input.shape).items(image..<image + 1) }
            norm.forward(part(input), residual: residual.map(part), into: part(y))
        }
        return y.reshaped(shape)
    }
    let saved = residual?.saved
    let remade = { forward(saved?()) }
    let (needsX, needsWeight, needsBias) = (x.needsGradient, weight.needsGradient, bias.needsGradient)
    let needsResidual = residual?.needsGradient ?? false
    let inputs = [x, weight, bias] + (residual.map { [$0] } ?? [])
    let y = forward(residual?.value)
    let activated = relu && residual != nil ? y : nil
    let output = record(y, inputs: inputs, remade: isRemade && activated == nil ? remade : nil) { dY in
        let dX = needsX ? Tensor(uninitialized: shape) : nil
        let passed = activated == nil ? dY : Tensor(uninitialized: shape)
        var (dWeights, dBiases): ([Tensor], [Tensor]) = ([], [])
        for (image, norm) in norms.enumerated() {
            func part(_ x: Tensor) -> Tensor { x.reshaped(input.shape).items(image..<image + 1) }
            let norm = activated == nil ? norm : norm.withoutReLU
            let parts =
                activated.map {
                    norm.gradientSums(part(input), part(dY), output: part($0), groups: apart, into: part(passed))
                } ?? norm.gradientSums(part(input), part(dY), groups: apart)
            let sums = parts.joined(groups: apart)
            if let dX {
                let (slope, offset) = meanTerms(
                    sums, norm.scale, inverses[image], groups: groups, count: rows * channels / groups)
                norm.dataGradient(part(input), part(passed), slope: slope, offset: offset, into: part(dX))
            }
            let sumShape = apart > 1 ? [apart, channels] : [channels]
            if needsWeight { dWeights.append(multiply(parts.tensor(1, shape: sumShape), inverses[image])) }
            if needsBias { dBiases.append(parts.tensor(0, shape: sumShape)) }
        }
        func whole(_ gradients: [Tensor]) -> Tensor? {
            guard gradients.count > 1 else { return gradients.first }
            if keepsApart { return stacked(gradients) }
            return gradients.dropFirst().reduce(into: gradients[0]) { $0.accumulate($1) }
        }
        return [dX, whole(dWeights), whole(dBiases), needsResidual ? passed : nil]
    }
    return (output, moments)
}

/// Mean and biased variance, for each channel those of its group, of each image of x [images, rows, C].
private func moments(_ x: Tensor, groups: Int, apart: Int) -> [(mean: Tensor, variance: Tensor)] {
    let (rows, channels) = (x.shape[1], x.channels)
    let sums = RowSums(groups: x.shape[0] * apart, rows: rows / apart, width: channels, quantities: 2) {
        offset, rows, _, sums in
        pk_add_moments(x.data + offset, rows, channels, sums, sums + channels)
    }.joined(groups: apart)
    let count = Double(rows * channels / groups)
    return (0..<x.shape[0]).map { image in
        func totals(_ quantity: Int) -> [Double] {
            groupSums(Array(sums[quantity].dropFirst(image * channels).prefix(channels)), groups: groups)
        }
        let mean = totals(0).map { $0 / count }
        let variance = zip(totals(1), mean).map { max(0, $0 / count - $1 * $1) }
        func rounded(_ values: [Double]) -> Tensor { Tensor(values.map { Float($0) }, shape: [channels]) }
        return (rounded(mean), rounded(variance))
    }
}

/// The parts of dX that come through the statistics, as (x − m) · slope + offset; groups have `count` values.
private func meanTerms(
    _ sums: RowSums, _ scale: Tensor, _ inverse: Tensor, groups: Int, count: Int
) -> (slope: Tensor, offset: Tensor) {
    let scales = scale.array.map(Double.init)
    func totals(_ quantity: Int) -> [Double] { groupSums(zip(sums[quantity], scales).map { $0 * $1 }, groups: groups) }
    let slope = zip(totals(1), inverse.array.map(Double.init)).map { Float(-$0 * $1 * $1 / Double(count)) }
    let offset = totals(0).map { Float(-$0 / Double(count)) }
    return (Tensor(slope, shape: scale.shape), Tensor(offset, shape: scale.shape))
}

/// For each channel the sum over its group.
private func groupSums(_ values: [Double], groups: Int) -> [Double] {
    let size = values.count / groups
    return values.indices.map { values[$0 / size * size..<($0 / size + 1) * size].reduce(0, +) }
}
