#pragma once

/// y = softmax(x) for each row of `width` floats; x and y may be the same.
void pk_softmax_forward(const float *x, long rows, long width, float *y);
/// dx = y · (dy − Σ dy · y) for each row; dx and dy may be the same.
void pk_softmax_backward(const float *y, const float *dy, long rows, long width, float *dx);
