// Masks from stride 4 to pixels, a row of pixels at a time.
#include "mask_inference.h"
#include "target.h"
#include "vector_math.h"

KERNEL_CLONES void combine_rows(const float *const x[4], const float weights[4], long count, float *y)
{
    const float *a = x[0], *b = x[1], *c = x[2], *d = x[3];
    const float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
    if (wc == 0 && wd == 0) {
        for (long i = 0; i < count; i++) y[i] = wa * a[i] + wb * b[i];
    } else {
        for (long i = 0; i < count; i++) y[i] = wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }
}

KERNEL_CLONES void resample_columns(
    const float *row, const int *indices, const float *weights, long pixels, long channels, float *y)
{
    for (long p = 0; p < pixels; p++, y += channels) {
        const float *a = row + indices[4 * p] * channels, *b = row + indices[4 * p + 1] * channels;
        const float *c = row + indices[4 * p + 2] * channels, *d = row + indices[4 * p + 3] * channels;
        const float wa = weights[4 * p], wb = weights[4 * p + 1], wc = weights[4 * p + 2], wd = weights[4 * p + 3];
        if (wc == 0 && wd == 0) {
            for (long q = 0; q < channels; q++) y[q] = wa * a[q] + wb * b[q];
        } else {
            for (long q = 0; q < channels; q++) y[q] = wa * a[q] + wb * b[q] + wc * c[q] + wd * d[q];
        }
    }
}

KERNEL_CLONES void resample_sigmoid(
    const float *row, const int *indices, const float *weights, long pixels, long channels, float *probabilities)
{
    resample_columns(row, indices, weights, pixels, channels, probabilities);
    // In a second pass: over all values at once, few of them fill no vector.
    float *restrict values = probabilities;
    for (long i = 0; i < pixels * channels; i++) values[i] = bounded_sigmoid(values[i]);
}

KERNEL_CLONES void inside_pixels(
    const float *logits, long pixels, long channels, unsigned long long *words, long stride, double *sums)
{
    for (long start = 0; start < channels; start += 16) {
        const long count = channels - start < 16 ? channels - start : 16;
        unsigned long long bits[16] = {0};
        float inside[16] = {0};
        for (long p = 0; p < pixels; p++) {
            const float *x = logits + p * channels + start;
            for (long q = 0; q < count; q++) {
                bits[q] |= (unsigned long long)(x[q] > 0) << p;
                inside[q] += x[q] > 0 ? bounded_sigmoid(x[q]) : 0;
            }
        }
        for (long q = 0; q < count; q++) {
            words[(start + q) * stride] = bits[q];
            sums[start + q] += inside[q];
        }
    }
}

void arg_max_rows(const float *scores, long pixels, long channels, unsigned short *labels)
{
    for (long p = 0; p < pixels; p++, scores += channels) {
        long best = 0;
        float most = scores[0];
        for (long c = 1; c < channels; c++) {
            if (scores[c] > most) most = scores[c], best = c;
        }
        labels[p] = (unsigned short)best;
    }
}

void arg_max_weighted(
    const float *probabilities, const float *factors, long pixels, long channels, unsigned short *best)
{
    for (long p = 0; p < pixels; p++, probabilities += channels) {
        long place = 0;
        float most = factors[0] * probabilities[0];
        for (long q = 1; q < channels; q++) {
            float value = factors[q] * probabilities[q];
            if (value > most) most = value, place = q;
        }
        best[p] = (unsigned short)place;
    }
}
