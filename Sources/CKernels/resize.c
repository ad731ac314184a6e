// Bilinear resizing, channels last. The gradient is gathered, so that every row has one writer.
#include "include/resize.h"
#include "kernel.h"
#include <string.h>

INLINE void resize_row(
    const struct resize_axis *rows, const struct resize_axis *columns, const float *image, long channels, long row,
    const int adds, float *y)
{
    const float *top = image + rows->lower[row] * columns->input * channels;
    const float *bottom = image + rows->upper[row] * columns->input * channels;
    float below = rows->weight[row], above = 1.0f - below;
    for (long o = 0; o < columns->output; o++, y += channels) {
        float *restrict target = y;
        long left = columns->lower[o] * channels, right = columns->upper[o] * channels;
        float after = columns->weight[o], before = 1.0f - after;
        const float *a = top + left, *b = top + right, *c = bottom + left, *d = bottom + right;
        for (long k = 0; k < channels; k++) {
            float sum = above * (before * a[k] + after * b[k]) + below * (before * c[k] + after * d[k]);
            target[k] = adds ? target[k] + sum : sum;
        }
    }
}

KERNEL(void, pk_resize_row, (const struct resize_axis *rows, const struct resize_axis *columns, const float *image,
    long channels, long row, float *y), (rows, columns, image, channels, row, y))
{
    resize_row(rows, columns, image, channels, row, 0, y);
}

KERNEL(void, pk_add_resized_row, (const struct resize_axis *rows, const struct resize_axis *columns, const float *image,
    long channels, long row, float *y), (rows, columns, image, channels, row, y))
{
    resize_row(rows, columns, image, channels, row, 1, y);
}

/// How much of output `output` came from input `input`.
INLINE float share(const struct resize_axis *axis, long output, long input)
{
    float weight = axis->weight[output];
    return (axis->lower[output] == input ? 1.0f - weight : 0.0f)
        + (axis->upper[output] == input ? weight : 0.0f);
}

KERNEL(void, pk_resize_row_gradient, (const struct resize_axis *rows, const struct resize_axis *columns,
    const float *gradient, long channels, long row, float *image_gradient), (rows, columns, gradient, channels, row,
    image_gradient))
{
    memset(image_gradient, 0, (size_t)(columns->input * channels) * sizeof *image_gradient);
    for (long r = rows->first[row]; r < rows->last[row]; r++) {
        float vertical = share(rows, r, row);
        const float *line = gradient + r * columns->output * channels;
        for (long i = 0; i < columns->input; i++) {
            float *restrict target = image_gradient + i * channels;
            for (long o = columns->first[i]; o < columns->last[i]; o++) {
                float weight = vertical * share(columns, o, i);
                const float *source = line + o * channels;
                for (long c = 0; c < channels; c++) target[c] += weight * source[c];
            }
        }
    }
}
