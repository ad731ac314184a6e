// Bilinear samples at points: four contiguous channel vectors a point.
#include "include/gridsample.h"
#include "kernel.h"
#include <string.h>

/// The pixel up and left of a point, and the weights of it, its right, its lower and its lower right
/// neighbour.
struct site {
    long row, column;
    float weights[4];
};

/// Returns 0 where all four pixels lie outside (or the point is NaN).
INLINE int locate(const float *point, long height, long width, struct site *site)
{
    // PARITY: grid_sample takes the point as 2p − 1 and maps it back, with these roundings.
    float x = ((2.0f * point[0] - 1.0f) + 1.0f) * (0.5f * (float)width) - 0.5f;
    float y = ((2.0f * point[1] - 1.0f) + 1.0f) * (0.5f * (float)height) - 0.5f;
    if (!(x > -1.0f && x < (float)width && y > -1.0f && y < (float)height)) return 0;
    // Shifted by one, truncation is the floor.
    site->column = (long)(x + 1.0f) - 1;
    site->row = (long)(y + 1.0f) - 1;
    float right = x - (float)site->column, below = y - (float)site->row;
    site->weights[0] = (1.0f - below) * (1.0f - right);
    site->weights[1] = (1.0f - below) * right;
    site->weights[2] = below * (1.0f - right);
    site->weights[3] = below * right;
    return 1;
}

KERNEL(void, pk_grid_sample, (const float *image, long height, long width, long channels, const float *points,
    long count, float *y), (image, height, width, channels, points, count, y))
{
    struct site site;
    for (long p = 0; p < count; p++, y += channels) {
        float *restrict target = y;
        memset(target, 0, (size_t)channels * sizeof *target);
        if (!locate(points + 2 * p, height, width, &site)) continue;
        const float *corner = image + (site.row * width + site.column) * channels;
        if (site.row >= 0 && site.row + 1 < height && site.column >= 0 && site.column + 1 < width) {
            const float *below = corner + width * channels;
            for (long c = 0; c < channels; c++)
                target[c] = site.weights[0] * corner[c] + site.weights[1] * corner[channels + c]
                    + site.weights[2] * below[c] + site.weights[3] * below[channels + c];
            continue;
        }
        for (long k = 0; k < 4; k++) {
            long row = site.row + k / 2, column = site.column + k % 2;
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            const float *source = image + (row * width + column) * channels;
            for (long c = 0; c < channels; c++) target[c] += site.weights[k] * source[c];
        }
    }
}
