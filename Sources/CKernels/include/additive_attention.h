#pragma once

/// y[r] = Σ x[r][c] · weight[c] for `rows` rows of `width` floats.
void pk_row_products(const float *x, const float *weight, long rows, long width, float *y);
/// sums[c] += Σ weights[r] · x[r][c] over rows of `width` floats that lie `stride` apart.
void pk_add_weighted_rows(
    const float *x, const float *weights, long rows, long width, long stride, double *sums);
/// y[r][c] = a[r] · u[c] + b[r] · v[c].
void pk_outer_products(
    const float *a, const float *u, const float *b, const float *v, long rows, long width, float *y);
