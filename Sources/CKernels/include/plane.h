#pragma once

/// Samples a plane [height][width] at `count` points (x, y) in [0, 1]: bilinear, zero outside, align_corners false.
/// The result of `pk_grid_sample` for one channel, without a branch a point.
void pk_plane_sample(const float *plane, long height, long width, const float *points, long count, float *y);
/// The transpose: adds each point's gradient to the four pixels around it, point after point.
void pk_plane_sample_gradient(
    const float *points, long count, const float *gradient, long height, long width, float *plane_gradient);
