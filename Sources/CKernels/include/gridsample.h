#ifndef CKERNELS_GRIDSAMPLE_H
#define CKERNELS_GRIDSAMPLE_H

/// Samples an image [height][width][channels] at `count` points (x, y) in [0, 1]: y[point][channel],
/// bilinear, zero outside, as torch's grid_sample at 2 · point − 1 with align_corners false.
void pk_grid_sample(
    const float *image, long height, long width, long channels, const float *points, long count, float *y);
/// The transpose for rows [first_row, last_row): adds what each point's gradient [count][channels] gives to
/// those rows of `image_gradient` [height][width][channels], point after point.
void pk_grid_sample_gradient(
    const float *points, long count, const float *gradient, long height, long width, long channels,
    long first_row, long last_row, float *image_gradient);

#endif
