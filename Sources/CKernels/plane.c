// Bilinear samples of one plane at points: masks, where the losses look at them.
#include "include/plane.h"
#include "kernel.h"

/// Four pixels and their weights. Pixels outside have weight zero and an index inside, so that reading them
/// is harmless.
struct taps {
    int index[4];
    float weight[4];
};

INLINE struct taps
taps_around(float px, float py, int height, int width)
{
    float x = px * (float)width - 0.5f, y = py * (float)height - 0.5f;
    // Shifted by one, truncation is the floor.
    int left = (int)(x + 1.0f) - 1, top = (int)(y + 1.0f) - 1;
    float to_right = x - (float)left, to_bottom = y - (float)top;
    float wl = left >= 0 ? 1.0f - to_right : 0.0f, wr = left + 1 < width ? to_right : 0.0f;
    float wt = top >= 0 ? 1.0f - to_bottom : 0.0f, wb = top + 1 < height ? to_bottom : 0.0f;
    int right = left + 1 < width ? left + 1 : width - 1, bottom = top + 1 < height ? top + 1 : height - 1;
    left = left >= 0 ? left : 0;
    top = top >= 0 ? top : 0;
    struct taps taps = {
        {top * width + left, top * width + right, bottom * width + left, bottom * width + right},
        {wt * wl, wt * wr, wb * wl, wb * wr}};
    return taps;
}

KERNEL(void, pk_plane_sample, (const float *restrict plane, long height, long width, const float *restrict points,
    long count, float *restrict y), (plane, height, width, points, count, y))
{
    for (long p = 0; p < count; p++) {
        struct taps t = taps_around(points[2 * p], points[2 * p + 1], (int)height, (int)width);
        y[p] = t.weight[0] * plane[t.index[0]] + t.weight[1] * plane[t.index[1]]
            + t.weight[2] * plane[t.index[2]] + t.weight[3] * plane[t.index[3]];
    }
}

KERNEL(void, pk_plane_sample_gradient, (const float *restrict points, long count, const float *restrict gradient,
    long height, long width, float *restrict plane_gradient), (points, count, gradient, height, width, plane_gradient))
{
    for (long p = 0; p < count; p++) {
        struct taps t = taps_around(points[2 * p], points[2 * p + 1], (int)height, (int)width);
        for (int k = 0; k < 4; k++) plane_gradient[t.index[k]] += t.weight[k] * gradient[p];
    }
}
