// Normalisation by channel: batch norm, group norm, stored affine maps. These passes do little with what they read, so
// sums fetch ahead, and large maps are stored past the caches.
#include "include/norm.h"
#include "epilogue.h"
#include <math.h>

/// Rows that are summed at once, and floats that are fetched ahead: without, sums get half of what memory gives.
enum { rows_at_once = 4, floats_ahead = 2048 };

INLINE void fetch_ahead(const float *x, long count)
{
    for (long i = 0; i < count; i += lanes) __builtin_prefetch(x + floats_ahead + i);
}

KERNEL(void, pk_add_moments, (const float *restrict x, long rows, long channels, double *restrict sums,
    double *restrict squares), (x, rows, channels, sums, squares))
{
    long r = 0;
    for (; r + rows_at_once <= rows; r += rows_at_once, x += rows_at_once * channels) {
        fetch_ahead(x, rows_at_once * channels);
        for (long c = 0; c < channels; c++) {
            double a = x[c], b = x[c + channels], d = x[c + 2 * channels], e = x[c + 3 * channels];
            sums[c] += (a + b) + (d + e);
            squares[c] += (a * a + b * b) + (d * d + e * e);
        }
    }
    for (; r < rows; r++, x += channels)
        for (long c = 0; c < channels; c++) {
            double a = x[c];
            sums[c] += a;
            squares[c] += a * a;
        }
}

INLINE void store(const vector *value, int streams, float *target)
{
    if (streams)
        __builtin_nontemporal_store((aligned_vector)*value, (aligned_vector *)target);
    else
        *(vector *)target = *value;
}

KERNEL(void, pk_channel_norm_forward, (const float *x, const float *mean, const float *scale, const float *shift,
    const float *residual, int relu, int streams, long rows, long channels, float *y), (x, mean, scale, shift, residual,
    relu, streams, rows, channels, y))
{
    for (long r = 0; r < rows; r++, x += channels, y += channels) {
        long c = 0;
        for (; c + lanes <= channels; c += lanes) {
            vector value = (*(const vector *)(x + c) - *(const vector *)(mean + c)) * *(const vector *)(scale + c)
                + *(const vector *)(shift + c);
            if (residual) value += *(const vector *)(residual + c);
            // Keeps NaN.
            if (relu) value = (vector)((mask)value & ~(mask)(value < (vector){0}));
            store(&value, streams, y + c);
        }
        for (; c < channels; c++) {
            float value = (x[c] - mean[c]) * scale[c] + shift[c];
            if (residual) value += residual[c];
            y[c] = relu && value < 0 ? 0 : value;
        }
        if (residual) residual += channels;
    }
    if (streams) order_streams();
}

KERNEL(void, pk_add_channel_norm_sums, (const float *restrict x, const float *restrict dy, const float *restrict mean,
    const float *restrict scale, const float *restrict shift, int relu, long rows, long channels,
    double *restrict gradients, double *restrict products), (x, dy, mean, scale, shift, relu, rows, channels, gradients,
    products))
{
    // Where ReLU is off, the floor lets everything through.
    float floor = relu ? 0 : -INFINITY;
    long r = 0;
    for (; r + rows_at_once <= rows; r += rows_at_once, x += rows_at_once * channels, dy += rows_at_once * channels) {
        fetch_ahead(x, rows_at_once * channels);
        fetch_ahead(dy, rows_at_once * channels);
        for (long c = 0; c < channels; c++) {
            double gradient = gradients[c], product = products[c];
#pragma clang loop unroll(full)
            for (int i = 0; i < rows_at_once; i++) {
                float centred = x[c + i * channels] - mean[c];
                double g = centred * scale[c] + shift[c] > floor ? dy[c + i * channels] : 0;
                gradient += g;
                product += g * centred;
            }
            gradients[c] = gradient;
            products[c] = product;
        }
    }
    for (; r < rows; r++, x += channels, dy += channels)
        for (long c = 0; c < channels; c++) {
            float centred = x[c] - mean[c];
            double g = centred * scale[c] + shift[c] > floor ? dy[c] : 0;
            gradients[c] += g;
            products[c] += g * centred;
        }
}

/// g = dy where y > 0.
INLINE void pass_gradients(const float *dy, const float *y, long count, int streams, float *g)
{
    long i = 0;
    for (; i + lanes <= count; i += lanes) {
        mask passes = *(const vector *)(y + i) > (vector){0};
        vector passed = (vector)((mask)*(const vector *)(dy + i) & passes);
        store(&passed, streams, g + i);
    }
    for (; i < count; i++) g[i] = y[i] > 0 ? dy[i] : 0;
}

KERNEL(void, pk_add_residual_norm_sums, (const float *restrict x, const float *restrict dy, const float *restrict y,
    const float *restrict mean, int streams, long rows, long channels, double *restrict gradients,
    double *restrict products, float *restrict g), (x, dy, y, mean, streams, rows, channels, gradients, products, g))
{
    long step = rows_at_once * channels;
    while (rows > 0) {
        long count = minimum(rows, rows_at_once);
        fetch_ahead(x, count * channels);
        fetch_ahead(dy, count * channels);
        fetch_ahead(y, count * channels);
        pass_gradients(dy, y, count * channels, streams, g);
        for (long r = 0; r < count; r++)
            for (long c = 0; c < channels; c++) {
                long i = r * channels + c;
                double passed = y[i] > 0 ? dy[i] : 0;
                gradients[c] += passed;
                products[c] += passed * (x[i] - mean[c]);
            }
        x += step, dy += step, y += step, g += step, rows -= count;
    }
    if (streams) order_streams();
}

KERNEL(void, pk_channel_norm_backward, (const float *x, const float *dy, const float *mean, const float *scale,
    const float *shift, const float *slope, const float *offset, int relu, int streams, long rows, long channels,
    float *dx), (x, dy, mean, scale, shift, slope, offset, relu, streams, rows, channels, dx))
{
    for (long r = 0; r < rows; r++, x += channels, dy += channels, dx += channels) {
        long c = 0;
        for (; c + lanes <= channels; c += lanes) {
            vector centred = *(const vector *)(x + c) - *(const vector *)(mean + c), g = *(const vector *)(dy + c);
            const vector factor = *(const vector *)(scale + c);
            if (relu) {
                vector value = centred * factor + *(const vector *)(shift + c);
                g = (vector)((mask)g & (mask)(value > (vector){0}));
            }
            g = g * factor + (centred * *(const vector *)(slope + c) + *(const vector *)(offset + c));
            store(&g, streams, dx + c);
        }
        for (; c < channels; c++) {
            float centred = x[c] - mean[c];
            float g = !relu || centred * scale[c] + shift[c] > 0 ? dy[c] : 0;
            dx[c] = g * scale[c] + (centred * slope[c] + offset[c]);
        }
    }
    if (streams) order_streams();
}
