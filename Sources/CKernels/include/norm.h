#pragma once

/// sums[c] += Σ x, squares[c] += Σ x² over `rows` rows of `channels` floats.
void pk_add_moments(const float *x, long rows, long channels, double *sums, double *squares);

/// y = (x − mean) · scale + shift by channel, plus a residual unless it is null, then ReLU where `relu` is not 0. Where
/// `streams` is not 0, stores go past the caches; y lies in whole, aligned cache lines then.
void pk_channel_norm_forward(
    const float *x, const float *mean, const float *scale, const float *shift, const float *residual, int relu,
    int streams, long rows, long channels, float *y);

/// With g = dy where pk_channel_norm_forward without a residual let x through:
/// gradients[c] += Σ g, products[c] += Σ g · (x − mean).
void pk_add_channel_norm_sums(
    const float *x, const float *dy, const float *mean, const float *scale, const float *shift, int relu, long rows,
    long channels, double *gradients, double *products);

/// The same with g = dy where y > 0, which is written; streams as above.
void pk_add_residual_norm_sums(
    const float *x, const float *dy, const float *y, const float *mean, int streams, long rows, long channels,
    double *gradients, double *products, float *g);

/// dx = g · scale + (x − mean) · slope + offset by channel, g as of pk_add_channel_norm_sums; streams as above.
void pk_channel_norm_backward(
    const float *x, const float *dy, const float *mean, const float *scale, const float *shift, const float *slope,
    const float *offset, int relu, int streams, long rows, long channels, float *dx);

/// y = (x − m) / √(v + epsilon) · weight + bias with each row's own mean m and variance v;
/// statistics[2r] = m, statistics[2r + 1] = 1 / √(v + epsilon).
void pk_layer_norm_forward(
    const float *x, const float *weight, const float *bias, float epsilon, long rows, long channels, float *y,
    float *statistics);

/// dx of pk_layer_norm_forward.
void pk_layer_norm_backward(
    const float *x, const float *dy, const float *weight, const float *statistics, long rows, long channels, float *dx);

/// biases[c] += Σ dy, weights[c] += Σ dy · (x − m) / √(v + epsilon).
void pk_add_layer_norm_sums(
    const float *x, const float *dy, const float *statistics, long rows, long channels, double *biases,
    double *weights);

/// y = x / max(‖x‖₂, epsilon) for each row, y may be x; norms[r] = ‖x‖₂.
void pk_l2_rows_forward(const float *x, float epsilon, long rows, long channels, float *y, float *norms);
/// dx = (dy − y · Σ dy · y) / ‖x‖₂ for each row; dy / epsilon where the norm is below epsilon.
void pk_l2_rows_backward(
    const float *y, const float *dy, const float *norms, float epsilon, long rows, long channels, float *dx);

/// The same for columns: y[r][c] = x[r][c] / max(norms[c], epsilon); rows lie `stride` apart, `width` ≤ 64.
void pk_l2_columns_forward(const float *x, float epsilon, long rows, long width, long stride, float *y, float *norms);
void pk_l2_columns_backward(
    const float *y, const float *dy, const float *norms, float epsilon, long rows, long width, long stride, float *dx);
