// Masks from stride 4 to pixels, a row of pixels at a time.
#include "mask_inference.h"
#include "kernel.h"
#include "vector_math.h"

KERNEL(void, pk_combine_rows, (const float *const x[4], const float weights[4], long count, float *y), (x, weights,
    count, y))
{
    const float *a = x[0], *b = x[1], *c = x[2], *d = x[3];
    const float wa = weights[0], wb = weights[1], wc = weights[2], wd = weights[3];
    if (wc == 0 && wd == 0) {
        for (long i = 0; i < count; i++) y[i] = wa * a[i] + wb * b[i];
    } else {
        for (long i = 0; i < count; i++) y[i] = wa * a[i] + wb * b[i] + wc * c[i] + wd * d[i];
    }
}

KERNEL(void, pk_resample_columns, (const float *row, const int *indices, const float *weights, long pixels,
    long channels, float *y), (row, indices, weights, pixels, channels, y))
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

KERNEL(void, pk_resample_sigmoid, (const float *row, const int *indices, const float *weights, long pixels,
    long channels, float *probabilities), (row, indices, weights, pixels, channels, probabilities))
{
    pk_resample_columns(row, indices, weights, pixels, channels, probabilities);
    // In a second pass: over all values at once, few of them fill no vector.
    float *restrict values = probabilities;
    for (long i = 0; i < pixels * channels; i++) values[i] = bounded_sigmoid(values[i]);
}

KERNEL(void, pk_inside_pixels, (const float *logits, long pixels, long channels, unsigned long long *words, long stride,
    double *sums), (logits, pixels, channels, words, stride, sums))
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

void pk_arg_max_rows(const float *scores, long pixels, long channels, unsigned short *labels)
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

KERNEL(void, pk_choose_masks, (const float *probabilities, const float *factors, long pixels, long channels,
    unsigned short *best, bool *inside, int *areas), (probabilities, factors, pixels, channels, best, inside, areas))
{
    enum { lanes = 16 };
    for (long p = 0; p < pixels; p++, probabilities += channels) {
        // The best of the channels that leave the same remainder, and where its group of lanes begins.
        float most[lanes];
        int group[lanes];
        for (int l = 0; l < lanes; l++) most[l] = -1, group[l] = 0;
        for (long start = 0; start < channels; start += lanes) {
            const float *x = probabilities + start, *factor = factors + start;
            const int count = channels - start < lanes ? (int)(channels - start) : lanes;
            if (count == lanes) {
                for (int l = 0; l < lanes; l++) {
                    float value = factor[l] * x[l];
                    group[l] = value > most[l] ? (int)start : group[l];
                    most[l] = value > most[l] ? value : most[l];
                    areas[start + l] += x[l] >= 0.5f;
                }
            } else {
                for (int l = 0; l < count; l++) {
                    float value = factor[l] * x[l];
                    if (value > most[l]) most[l] = value, group[l] = (int)start;
                    areas[start + l] += x[l] >= 0.5f;
                }
            }
        }
        int lane = 0;
        for (int l = 1; l < lanes; l++) {
            bool isFirst = group[l] + l < group[lane] + lane;
            if (most[l] > most[lane] || (most[l] == most[lane] && isFirst)) lane = l;
        }
        // Without a number among them: the first.
        const int place = most[lane] < 0 ? 0 : group[lane] + lane;
        best[p] = (unsigned short)place;
        inside[p] = probabilities[place] >= 0.5f;
    }
}
