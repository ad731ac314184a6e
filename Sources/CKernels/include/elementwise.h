#pragma once

/// y = max(x, 0); NaN stays.
void pk_relu_forward(const float *x, long count, float *y);
/// dx = dy where y > 0, else 0.
void pk_relu_backward(const float *y, const float *dy, long count, float *dx);

/// y = 1 / (1 + e^−x).
void pk_sigmoid_forward(const float *x, long count, float *y);
/// dx = dy · y · (1 − y).
void pk_sigmoid_backward(const float *y, const float *dy, long count, float *dx);

/// y = x · Φ(x); y may be x.
void pk_gelu_forward(const float *x, long count, float *y);
/// dx = dy · (Φ(x) + x · e^(−x² / 2) / √(2π)).
void pk_gelu_backward(const float *x, const float *dy, long count, float *dx);

/// y[r] = a[r] + b for rows of `width` floats that lie `stride` apart in a and y.
void pk_add_to_rows(const float *a, const float *b, long rows, long width, long stride, float *y);
/// y[r] = a[r] · b, likewise.
void pk_multiply_rows(const float *a, const float *b, long rows, long width, long stride, float *y);

/// y[r] = x[r] · (1 + gate) + above[r] for rows of `width` floats; rows of `above` lie `above_step` apart
/// (0: one row for all).
void pk_modulate_rows(
    const float *x, const float *gate, const float *above, long above_step, long rows, long width, float *y);
/// dx[r] = dy[r] · (1 + gate).
void pk_modulate_rows_backward(const float *dy, const float *gate, long rows, long width, float *dx);

/// sums[c] += Σ over rows of x[r][c]; rows lie `stride` apart.
void pk_add_column_sums(const float *x, long rows, long width, long stride, double *sums);
/// sums[c] += Σ over rows of x[r][c] · y[r][c].
void pk_add_column_products(const float *x, const float *y, long rows, long width, long stride, double *sums);
