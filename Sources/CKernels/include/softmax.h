#pragma once

/// y = softmax(x) for each row of `width` floats; x and y may be the same.
void pk_softmax_forward(const float *x, long rows, long width, float *y);
/// x = 2^((x − m) · factor) for each row, m its maximum, and inverse_sums[row] = 1 / Σ of them, for a `factor` of 0 or
/// more: with log₂ e · f a softmax of f · x, whose division is left to what reads the sums.
void pk_softmax_powers(float *x, long rows, long width, float factor, float *inverse_sums);
/// dx = y · (dy − Σ dy · y) for each row; dx and dy may be the same.
void pk_softmax_backward(const float *y, const float *dy, long rows, long width, float *dx);
