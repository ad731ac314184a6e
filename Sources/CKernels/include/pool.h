#ifndef CKERNELS_POOL_H
#define CKERNELS_POOL_H
#include <stdint.h>

/// Sizes of a pooling window, channels last.
struct pool_shape {
    long images, input_height, input_width, height, width, channels;
    long kernel, stride, padding;
};

/// Lines [first, last) of the output (a line is one row of one image). `taps` gets the place in the window
/// (row · kernel + column) of the first largest value, or is null.
void pk_max_pool_forward(
    const struct pool_shape *shape, const float *input, long first, long last, float *output,
    uint8_t *taps);
/// Lines [first, last) of dX: each gathers from the windows whose largest value it holds.
void pk_max_pool_backward(
    const struct pool_shape *shape, const float *gradient, const uint8_t *taps, long first, long last,
    float *input_gradient);

/// Lines [first, last) of the output: the sum of the window over kernel², padding counted.
void pk_average_pool_forward(
    const struct pool_shape *shape, const float *input, long first, long last, float *output,
    long output_stride);
void pk_average_pool_backward(
    const struct pool_shape *shape, const float *gradient, long first, long last, float *input_gradient);

/// sums[channels] = Σ of `rows` rows that are `stride` floats apart, in order.
void pk_column_sums(const float *values, long rows, long stride, long channels, float *sums);

#endif
