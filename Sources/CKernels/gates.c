// Sums and choices whose weights are sigmoids.
#include "include/gates.h"
#include "vector_math.h"

KERNEL(void, pk_gated_sum, (const float *restrict base, const float *restrict x, const float *restrict gate, float sign,
    long count, float *restrict y), (base, x, gate, sign, count, y))
{
    if (base)
        for (long i = 0; i < count; i++) y[i] = base[i] + bounded_sigmoid(sign * gate[i]) * x[i];
    else
        for (long i = 0; i < count; i++) y[i] = bounded_sigmoid(sign * gate[i]) * x[i];
}

KERNEL(void, pk_gated_sum_backward, (const float *restrict x, const float *restrict gate, float sign,
    const float *restrict dy, long count, float *restrict dx, float *restrict dgate), (x, gate, sign, dy, count, dx,
    dgate))
{
    for (long i = 0; i < count; i++) {
        float weight = bounded_sigmoid(sign * gate[i]), g = dy[i];
        dx[i] = g * weight;
        dgate[i] = g * x[i] * sign * weight * (1.0f - weight);
    }
}

KERNEL(void, pk_pixel_attention, (const struct pixel_attention *a, long first, long last, float *restrict weights,
    float *restrict output), (a, first, last, weights, output))
{
    const long channels = a->channels, keys = a->key_channels;
    for (long p = first; p < last; p++) {
        SUM_IN_LANES
        const float *restrict key_x = a->key_x + p * keys, *restrict key_y = a->key_y + p * keys;
        float sum = 0;
        for (long c = 0; c < keys; c++) sum += key_x[c] * key_y[c];
        const float weight = bounded_sigmoid(sum), rest = 1.0f - weight;
        const float *restrict x = a->x + p * channels, *restrict y = a->y + p * channels;
        float *restrict target = output + p * channels;
        weights[p] = weight;
        if (a->relu) {
            for (long c = 0; c < channels; c++) {
                float value = weight * y[c] + rest * x[c];
                target[c] = value < 0 ? 0 : value;
            }
        } else {
            for (long c = 0; c < channels; c++) target[c] = weight * y[c] + rest * x[c];
        }
    }
}

KERNEL(void, pk_pixel_attention_backward, (const struct pixel_attention *a, const float *restrict weights,
    const float *restrict output, const float *restrict d_output, long first, long last, float *restrict dx,
    float *restrict dy, float *restrict d_key_x, float *restrict d_key_y), (a, weights, output, d_output, first, last,
    dx, dy, d_key_x, d_key_y))
{
    const long channels = a->channels, keys = a->key_channels;
    for (long p = first; p < last; p++) {
        SUM_IN_LANES
        const float weight = weights[p], rest = 1.0f - weight;
        const long at = p * channels, key = p * keys;
        float slope = 0;
        for (long c = 0; c < channels; c++) {
            float g = a->relu && !(output[at + c] > 0) ? 0 : d_output[at + c];
            dx[at + c] = rest * g;
            dy[at + c] = weight * g;
            slope += g * (a->y[at + c] - a->x[at + c]);
        }
        slope *= weight * rest;
        for (long c = 0; c < keys; c++) {
            d_key_x[key + c] = slope * a->key_y[key + c];
            d_key_y[key + c] = slope * a->key_x[key + c];
        }
    }
}
