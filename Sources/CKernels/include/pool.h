#pragma once
#include <stdint.h>

/// A pooling window, channels last.
struct pool_shape {
    long images, input_height, input_width, height, width, channels;
    long kernel, stride, padding;
    int is_maximum;   ///< the largest value, pixels outside left out; else the sum over kernel², padding counted
};

/// Lines [first, last) of the output (a line is one row of one image), pixels `output_stride` floats apart. `taps` gets
/// the place in the window (row · kernel + column) of the first largest value, or is null.
void pk_pool_forward(
    const struct pool_shape *shape, const float *input, long first, long last, float *output, long output_stride,
    uint8_t *taps);
/// Lines [first, last) of dX: each pixel gathers from the windows whose largest value it holds, or that it is in.
void pk_pool_backward(
    const struct pool_shape *shape, const float *gradient, const uint8_t *taps, long first, long last,
    float *input_gradient);

/// sums[channels] = Σ of `rows` rows that are `stride` floats apart, in order.
void pk_column_sums(const float *values, long rows, long stride, long channels, float *sums);
