// Sampling of a modulated deformable convolution: four contiguous channel vectors a tap, the modulation in
// their weights.
#include "include/deformable.h"
#include "kernel.h"
#include "vector_math.h"

enum { kernel_taps = 9, mask_channel = 18, all_channels = 27 };

/// Bounds a coordinate to where a tap reads nothing, so that it fits an index; NaN stays.
INLINE float bounded(float value, float most)
{
    value = value < -2.0f ? -2.0f : value;
    return value > most + 1.0f ? most + 1.0f : value;
}

/// The floor of a bounded coordinate; NaN, whose weights are NaN, reads outside.
INLINE int floor_index(float value)
{
    return value == value ? (int)(value + 2.0f) - 2 : -2;
}

KERNEL(void, pk_deformable_locate, (const struct deformable_image *image, long first, long last,
    struct deformable_tap *taps), (image, first, last, taps))
{
    int height = (int)image->height, width = (int)image->width;
    for (long pixel = first; pixel < last; pixel++, taps += kernel_taps) {
        const float *raw = image->offset_mask + pixel * all_channels;
        int row = (int)(pixel / width), column = (int)(pixel % width);
        for (int k = 0; k < kernel_taps; k++) {
            float y = bounded((float)(row + k / 3 - 1) + raw[2 * k], (float)height);
            float x = bounded((float)(column + k % 3 - 1) + raw[2 * k + 1], (float)width);
            int top = floor_index(y), left = floor_index(x);
            float below = y - (float)top, right = x - (float)left;
            int in_top = top >= 0 && top < height, in_bottom = top >= -1 && top < height - 1;
            int in_left = left >= 0 && left < width, in_right = left >= -1 && left < width - 1;
            int corner = top * width + left;
            struct deformable_tap *tap = taps + k;
            tap->corners[0] = in_top & in_left ? corner : -1;
            tap->corners[1] = in_top & in_right ? corner + 1 : -1;
            tap->corners[2] = in_bottom & in_left ? corner + width : -1;
            tap->corners[3] = in_bottom & in_right ? corner + width + 1 : -1;
            tap->weights[0] = (1.0f - below) * (1.0f - right);
            tap->weights[1] = (1.0f - below) * right;
            tap->weights[2] = below * (1.0f - right);
            tap->weights[3] = below * right;
            tap->below = below;
            tap->right = right;
            tap->modulation = sigmoid_float(raw[mask_channel + k]);
        }
    }
}

INLINE const float *corner_values(const struct deformable_image *image, const struct deformable_tap *tap, int corner)
{
    int index = tap->corners[corner];
    return index < 0 ? image->zeros : image->x + (long)index * image->channels;
}

KERNEL(void, pk_deformable_columns, (const struct deformable_image *image, const struct deformable_tap *taps,
    long count, long step, float *columns), (image, taps, count, step, columns))
{
    long channels = image->channels;
    for (long t = 0; t < count; t++) {
        const struct deformable_tap *tap = taps + t * step;
        const float *a = corner_values(image, tap, 0), *b = corner_values(image, tap, 1);
        const float *c = corner_values(image, tap, 2), *d = corner_values(image, tap, 3);
        float wa = tap->modulation * tap->weights[0], wb = tap->modulation * tap->weights[1];
        float wc = tap->modulation * tap->weights[2], wd = tap->modulation * tap->weights[3];
        float *restrict column = columns + t * channels;
        for (long i = 0; i < channels; i++) column[i] = wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }
}

void pk_deformable_rows(const struct deformable_image *image, long first, long last, long *first_row, long *last_row)
{
    float least = (float)image->height, most = -1.0f;
    for (long pixel = first; pixel < last; pixel++) {
        const float *raw = image->offset_mask + pixel * all_channels;
        float row = (float)(pixel / image->width);
        for (int k = 0; k < kernel_taps; k++) {
            float y = row + (float)(k / 3 - 1) + raw[2 * k];
            least = y < least ? y : least;
            most = y > most ? y : most;
        }
    }
    // One row more on each side: a row too many costs little, and roundings of y cannot matter.
    float height = (float)image->height;
    long top = (long)(least < 1.0f ? 0.0f : least - 1.0f);
    long bottom = (long)(most > height ? height : most < -1.0f ? 0.0f : most + 3.0f);
    *last_row = bottom > image->height ? image->height : bottom;
    *first_row = top > *last_row ? *last_row : top;
}

/// dX of four corners += weight · gradient, and the four products of the gradient with the corners' values.
INLINE void spread(
    const float *gradient, const float *const values[4], float *const targets[4], const float weights[4],
    long channels, float products[4])
{
    const float *a = values[0], *b = values[1], *c = values[2], *d = values[3];
    float *restrict da = targets[0], *restrict db = targets[1];
    float *restrict dc = targets[2], *restrict dd = targets[3];
    float pa = 0, pb = 0, pc = 0, pd = 0, wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
    {
        SUM_IN_LANES
        for (long i = 0; i < channels; i++) {
            float g = gradient[i];
            pa += g * a[i];
            pb += g * b[i];
            pc += g * c[i];
            pd += g * d[i];
            da[i] += wa * g;
            db[i] += wb * g;
            dc[i] += wc * g;
            dd[i] += wd * g;
        }
    }
    products[0] = pa;
    products[1] = pb;
    products[2] = pc;
    products[3] = pd;
}

KERNEL(void, pk_deformable_gradient, (const struct deformable_image *image, const struct deformable_tap *taps,
    long pixels, long k, const float *column_gradient, long first_row, float *input_gradient, float *scrap,
    float *offset_mask_gradient), (image, taps, pixels, k, column_gradient, first_row, input_gradient, scrap,
    offset_mask_gradient))
{
    long channels = image->channels, skipped = first_row * image->width;
    const struct deformable_tap *tap = taps + k;
    for (long pixel = 0; pixel < pixels; pixel++, tap += kernel_taps, column_gradient += channels) {
        const float *values[4];
        float *targets[4], weights[4], p[4], *gradient = offset_mask_gradient + pixel * all_channels;
        for (int corner = 0; corner < 4; corner++) {
            values[corner] = corner_values(image, tap, corner);
            targets[corner] = tap->corners[corner] < 0 || !input_gradient
                ? scrap + corner * channels
                : input_gradient + (tap->corners[corner] - skipped) * channels;
            weights[corner] = tap->modulation * tap->weights[corner];
        }
        spread(column_gradient, values, targets, weights, channels, p);
        float m = tap->modulation, below = tap->below, right = tap->right;
        const float *w = tap->weights;
        gradient[2 * k] = m * ((1.0f - right) * (p[2] - p[0]) + right * (p[3] - p[1]));
        gradient[2 * k + 1] = m * ((1.0f - below) * (p[1] - p[0]) + below * (p[3] - p[2]));
        float modulation = w[0] * p[0] + w[1] * p[1] + w[2] * p[2] + w[3] * p[3];
        gradient[mask_channel + k] = modulation * m * (1.0f - m);
    }
}

KERNEL(void, pk_deformable_add, (const float *part, long count, float *restrict y), (part, count, y))
{
    for (long i = 0; i < count; i++) y[i] += part[i];
}
