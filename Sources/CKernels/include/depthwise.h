#pragma once
#include "convolution.h"

/// Sizes of a depthwise convolution, channels last; the weight is [kernel_height, kernel_width, channels].
struct depthwise_shape {
    long images, input_height, input_width, height, width, channels;
    long kernel_height, kernel_width;
    long stride_rows, stride_columns, padding_rows, padding_columns, dilation_rows, dilation_columns;
};

/// Columns [first, last) of lines [first_line, last_line) of the output (a line is one row of one image), pixels
/// `output_stride` floats apart; `output` is the place of column `first` of the first line.
void pk_depthwise_forward(
    const struct depthwise_shape *shape, const float *input, const float *weight, long first_line, long last_line,
    long first, long last, const struct convolution_epilogue *epilogue, float *output, long output_stride);

/// Lines [first, last) of dX: each gathers from the lines of dY that it reached.
void pk_depthwise_data_gradient(
    const struct depthwise_shape *shape, const float *gradient, const float *weight, long first, long last,
    float *input_gradient);

/// Adds to sums[kernel_height][kernel_width][channels] what lines [first, last) of dY give.
void pk_depthwise_weight_gradient(
    const struct depthwise_shape *shape, const float *input, const float *gradient, long first, long last, float *sums);
