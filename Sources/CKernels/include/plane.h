#pragma once

/// Samples a plane [height][width] at `count` points (x, y) in [0, 1]: bilinear, zero outside, align_corners false.
/// The result of `pk_grid_sample` for one channel, without a branch a point.
void pk_plane_sample(const float *plane, long height, long width, const float *points, long count, float *y);
/// The transpose: adds each point's gradient to the four pixels around it, point after point.
void pk_plane_sample_gradient(
    const float *points, long count, const float *gradient, long height, long width, float *plane_gradient);

/// A map of segments [height][width], negative where there is none, at the upper left of a canvas.
struct pk_segment_map {
    const int *segments;
    long height, width, canvas_height, canvas_width;
};

/// Adds the binary masks of all segments, zero beyond the map, at points (x, y) in [0, 1] of the canvas to y
/// [count][segment_count].
void pk_segments_sample(
    const struct pk_segment_map *map, const float *points, long count, long segment_count, float *y);
/// Samples the binary mask of segment `wanted`, zero beyond the map, at points (x, y) in [0, 1] of the canvas.
void pk_segment_sample(const struct pk_segment_map *map, int wanted, const float *points, long count, float *y);
