import Tensors

/// (x − m) / √(v + epsilon) · weight + bias, with mean m and biased variance v of each channel over all other
/// axes (Ioffe and Szegedy, Batch Normalization), plus a residual of x's shape where there is one, then ReLU where
/// `relu`: [..., C], weight [C], bias [C] -> [..., C].
///
/// One value a channel is allowed: its variance is 0, and the output is the bias. Saved and differentiated as
/// `groupNorm`, whose groups are here a channel of the whole batch.
///
/// Returns the normalised values, in x's shape, and the batch's mean and biased variance, each [C].
package func batchNorm(
    _ x: Variable, weight: Variable, bias: Variable, epsilon: Float, relu: Bool, residual: Variable? = nil
) -> (output: Variable, mean: Tensor, variance: Tensor) {
    let (output, moments) = normalized(
        x, weight: weight, bias: bias, images: 1, groups: x.value.channels, epsilon: epsilon, relu: relu,
        residual: residual)
    return (output, moments[0].mean, moments[0].variance)
}
