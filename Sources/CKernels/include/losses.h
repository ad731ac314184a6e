#pragma once

/// losses[r] = −log softmax(x[r])[targets[r]]; probabilities[r] = softmax(x[r]).
void pk_cross_entropy_forward(
    const float *x, const long *targets, long rows, long classes, float *probabilities, double *losses);

/// Σ over one row of w · (max(x, 0) − x · t + log(1 + e^−|x|)): the cross-entropy of sigmoid(x) with targets t in
/// [0, 1], w `positive` where t is above 0 and `negative` elsewhere.
double pk_sigmoid_cross_entropy_sum(
    const float *x, const float *targets, float positive, float negative, long count);
/// dx = (sigmoid(x) − t) · w.
void pk_sigmoid_cross_entropy_backward(
    const float *x, const float *targets, float positive, float negative, long count, float *dx);

/// sums = { Σ s · t, Σ s, Σ t } over one row, s = sigmoid(x).
void pk_dice_sums(const float *x, const float *targets, long count, double sums[3]);
/// dx = (slope · t + offset) · s · (1 − s).
void pk_dice_backward(const float *x, const float *targets, float slope, float offset, long count, float *dx);
