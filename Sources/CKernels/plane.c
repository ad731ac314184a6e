// Bilinear samples of one plane at points: masks and segments, where the losses look at them.
#include "include/plane.h"
#include "kernel.h"

/// Four pixels and their weights. Pixels outside have weight zero and an index inside, so that reading them
/// is harmless.
struct taps {
    int index[4];
    float weight[4];
};

/// Of a plane, around the place (x, y) in units of pixels, whose centres are whole numbers; x and y are above −1.
INLINE struct taps taps_around(float x, float y, int height, int width)
{
    // Shifted by one, truncation is the floor.
    int left = (int)(x + 1.0f) - 1, top = (int)(y + 1.0f) - 1;
    float to_right = x - (float)left, to_bottom = y - (float)top;
    float wl = left >= 0 && left < width ? 1.0f - to_right : 0.0f, wr = left + 1 < width ? to_right : 0.0f;
    float wt = top >= 0 && top < height ? 1.0f - to_bottom : 0.0f, wb = top + 1 < height ? to_bottom : 0.0f;
    int right = left + 1 < width ? left + 1 : width - 1, bottom = top + 1 < height ? top + 1 : height - 1;
    left = left >= 0 ? left < width ? left : width - 1 : 0;
    top = top >= 0 ? top < height ? top : height - 1 : 0;
    struct taps taps = {
        {top * width + left, top * width + right, bottom * width + left, bottom * width + right},
        {wt * wl, wt * wr, wb * wl, wb * wr}};
    return taps;
}

/// The place of a point (x, y) in [0, 1] on a canvas of so many pixels.
#define PLACE(points, p, height, width) \
    (points)[2 * (p)] * (float)(width) - 0.5f, (points)[2 * (p) + 1] * (float)(height) - 0.5f

KERNEL(void, pk_plane_sample, (const float *restrict plane, long height, long width, const float *restrict points,
    long count, float *restrict y), (plane, height, width, points, count, y))
{
    for (long p = 0; p < count; p++) {
        struct taps t = taps_around(PLACE(points, p, height, width), (int)height, (int)width);
        y[p] = t.weight[0] * plane[t.index[0]] + t.weight[1] * plane[t.index[1]]
            + t.weight[2] * plane[t.index[2]] + t.weight[3] * plane[t.index[3]];
    }
}

KERNEL(void, pk_plane_sample_gradient, (const float *restrict points, long count, const float *restrict gradient,
    long height, long width, float *restrict plane_gradient), (points, count, gradient, height, width, plane_gradient))
{
    for (long p = 0; p < count; p++) {
        struct taps t = taps_around(PLACE(points, p, height, width), (int)height, (int)width);
        for (int k = 0; k < 4; k++) plane_gradient[t.index[k]] += t.weight[k] * gradient[p];
    }
}

KERNEL(void, pk_segments_sample, (const struct pk_segment_map *map, const float *restrict points, long count,
    long segment_count, float *restrict y), (map, points, count, segment_count, y))
{
    for (long p = 0; p < count; p++, y += segment_count) {
        struct taps t = taps_around(
            PLACE(points, p, map->canvas_height, map->canvas_width), (int)map->height, (int)map->width);
        for (int k = 0; k < 4; k++) {
            const int segment = map->segments[t.index[k]];
            if (segment >= 0) y[segment] += t.weight[k];
        }
    }
}

KERNEL(void, pk_segment_sample, (const struct pk_segment_map *map, int wanted, const float *restrict points, long count,
    float *restrict y), (map, wanted, points, count, y))
{
    const int *restrict segments = map->segments;
    for (long p = 0; p < count; p++) {
        struct taps t = taps_around(
            PLACE(points, p, map->canvas_height, map->canvas_width), (int)map->height, (int)map->width);
        float sum = 0;
        for (int k = 0; k < 4; k++) sum += segments[t.index[k]] == wanted ? t.weight[k] : 0.0f;
        y[p] = sum;
    }
}
