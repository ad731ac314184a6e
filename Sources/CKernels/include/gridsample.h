#pragma once

/// Samples an image [height][width][channels] at `count` points (x, y) in [0, 1]: y[point][channel],
/// bilinear, zero outside, as torch's grid_sample at 2 · point − 1 with align_corners false.
void pk_grid_sample(
    const float *image, long height, long width, long channels, const float *points, long count, float *y);
