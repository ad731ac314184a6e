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
/// One value a channel is allowed: its variance is 0, and the output is the bias. Saved and differentiated as
/// `groupNorm`, whose groups are here a channel of the whole batch.
package func batchNorm(_ x: Variable, weight: Variable, bias: Variable, epsilon: Float, relu: Bool) -> BatchNormResult {
    let (output, moments) = normalized(
        x, weight: weight, bias: bias, images: 1, groups: x.value.channels, epsilon: epsilon, relu: relu)
    return BatchNormResult(output: output, mean: moments[0].mean, variance: moments[0].variance)
}
