// A map whose rows are resized where they are read, and the way back of the gradient. Only for kernels that are always
// inlined into a KERNEL.
#pragma once
#include "include/resize.h"
#include "kernel.h"

/// A map [rows->input][width][stride], of which `count` floats of each pixel are looked at.
struct resized_map {
    const struct resize_axis *rows;
    long width, stride, count;
};

/// Row `row` of the output before its columns are resized: pixels of `line` lie line_stride floats apart.
INLINE void combine_rows(
    struct resized_map map, const float *restrict values, long row, float *restrict line, long line_stride)
{
    const float *top = values + map.rows->lower[row] * map.width * map.stride;
    const float *bottom = values + map.rows->upper[row] * map.width * map.stride;
    const float below = map.rows->weight[row], above = 1.0f - below;
    for (long i = 0; i < map.width; i++, line += line_stride, top += map.stride, bottom += map.stride)
        for (long c = 0; c < map.count; c++) line[c] = above * top[c] + below * bottom[c];
}

/// Adds weight · line to row `row` of the gradient, where it is one of first ..< last.
INLINE void add_row(
    struct resized_map map, const float *restrict line, long line_stride, long row, float weight, long first, long last,
    float *restrict gradient)
{
    if (row < first || row >= last) return;
    gradient += row * map.width * map.stride;
    for (long i = 0; i < map.width; i++, line += line_stride, gradient += map.stride)
        for (long c = 0; c < map.count; c++) gradient[c] += weight * line[c];
}

/// The transpose of `combine_rows`, into the rows first ..< last.
INLINE void spread_row(
    struct resized_map map, const float *restrict line, long line_stride, long row, long first, long last,
    float *restrict gradient)
{
    const float below = map.rows->weight[row];
    add_row(map, line, line_stride, map.rows->lower[row], 1.0f - below, first, last, gradient);
    add_row(map, line, line_stride, map.rows->upper[row], below, first, last, gradient);
}
