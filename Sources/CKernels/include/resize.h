#pragma once

/// One axis of a bilinear resize: output o = (1 − weight[o]) · input[lower[o]] + weight[o] ·
/// input[upper[o]], and input i is read by the outputs first[i] ..< last[i].
struct resize_axis {
    long input, output;
    const int *lower, *upper;
    const float *weight;
    const int *first, *last;
};

/// Row `row` of the output [rows->output][columns->output][channels] of one image
/// [rows->input][columns->input][channels].
void pk_resize_row(
    const struct resize_axis *rows, const struct resize_axis *columns, const float *image, long channels,
    long row, float *y);
/// Adds the same to y.
void pk_add_resized_row(
    const struct resize_axis *rows, const struct resize_axis *columns, const float *image, long channels,
    long row, float *y);
/// The transpose: row `row` of the image's gradient, gathered from the gradient of the whole output.
void pk_resize_row_gradient(
    const struct resize_axis *rows, const struct resize_axis *columns, const float *gradient, long channels,
    long row, float *image_gradient);
