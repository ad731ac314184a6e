// Masks compared with their segments at every pixel of the canvas: sixteen masks side by side, pixel after pixel, so
// that nothing as large as the canvas is ever made.
#include "include/full_mask.h"
#include "focal.h"
#include "resized_rows.h"
#include <string.h>

enum { lanes = pk_mask_lanes, block = 32 };

INLINE struct resized_map map_of(const struct pk_masks *masks)
{
    return (struct resized_map){masks->rows, masks->columns->input, masks->stride, lanes};
}

/// Which of the masks want the pixel, as 1 or 0.
INLINE void find_wanted(const struct pk_masks *masks, long row, long column, int *restrict wanted)
{
    for (int l = 0; l < lanes; l++) wanted[l] = 0;
    if (row >= masks->height || column >= masks->width) return;
    const int *segment = masks->segments + row * masks->width + column;
    for (long layer = 0; layer < masks->layers; layer++, segment += masks->height * masks->width)
        for (int l = 0; l < lanes; l++) wanted[l] |= masks->wanted[l] == *segment;
}

KERNEL(void, pk_full_mask_sums, (const struct pk_masks *masks, long row, float *restrict line, double *restrict sums),
    (masks, row, line, sums))
{
    const struct resize_axis *columns = masks->columns;
    combine_rows(map_of(masks), masks->logits, row, line, lanes);
    memset(sums, 0, 3 * lanes * sizeof *sums);
    for (long start = 0; start < columns->output; start += block) {
        float losses[lanes] = {0}, products[lanes] = {0}, values[lanes] = {0};
        for (long o = start; o < minimum(start + block, columns->output); o++) {
            const float *left = line + columns->lower[o] * lanes, *right = line + columns->upper[o] * lanes;
            const float after = columns->weight[o], before = 1.0f - after;
            int wanted[lanes];
            find_wanted(masks, row, o, wanted);
            for (int l = 0; l < lanes; l++) {
                float x = before * left[l] + after * right[l];
                struct logit logit = logit_of(x);
                float wrong = wanted[l] ? logit.complement : logit.sigmoid;
                float weight = wanted[l] ? masks->alpha : 1.0f - masks->alpha;
                losses[l] += weight * focal(wanted[l] ? -x : x, wrong, logit.logarithm);
                products[l] += wanted[l] ? logit.sigmoid : 0;
                values[l] += logit.sigmoid;
            }
        }
        for (int l = 0; l < lanes; l++) sums[l] += losses[l];
        for (int l = 0; l < lanes; l++) sums[lanes + l] += products[l];
        for (int l = 0; l < lanes; l++) sums[2 * lanes + l] += values[l];
    }
}

KERNEL(void, pk_full_mask_gradient, (const struct pk_masks *masks, long row, const float *restrict factors, long first,
    long last, float *restrict line, float *restrict gradient), (masks, row, factors, first, last, line, gradient))
{
    const struct resize_axis *columns = masks->columns;
    float *gathered = line + columns->input * lanes;
    combine_rows(map_of(masks), masks->logits, row, line, lanes);
    memset(gathered, 0, (size_t)(columns->input * lanes) * sizeof *gathered);
    for (long o = 0; o < columns->output; o++) {
        const long left = columns->lower[o] * lanes, right = columns->upper[o] * lanes;
        const float after = columns->weight[o], before = 1.0f - after;
        int wanted[lanes];
        float slope[lanes];
        find_wanted(masks, row, o, wanted);
        for (int l = 0; l < lanes; l++) {
            float x = before * line[left + l] + after * line[right + l];
            struct logit logit = logit_of(x);
            float wrong = wanted[l] ? logit.complement : logit.sigmoid;
            float correct = wanted[l] ? logit.sigmoid : logit.complement;
            float weight = wanted[l] ? -masks->alpha : 1.0f - masks->alpha;
            float loss = weight * focal_slope(wanted[l] ? -x : x, wrong, correct, logit.logarithm);
            float dice = (wanted[l] ? factors[lanes + l] : 0) + factors[2 * lanes + l];
            slope[l] = factors[l] * loss + dice * (wrong * correct);
        }
        for (int l = 0; l < lanes; l++) gathered[left + l] += before * slope[l];
        for (int l = 0; l < lanes; l++) gathered[right + l] += after * slope[l];
    }
    spread_row(map_of(masks), gathered, lanes, row, first, last, gradient);
}

KERNEL(void, pk_focal_cost_sums, (const float *restrict logits, long pixels, long queries,
    const int *restrict segments, long layers, long stride, float alpha, float *restrict line, float *restrict sums),
    (logits, pixels, queries, segments, layers, stride, alpha, line, sums))
{
    float *differences = line, *sigmoids = line + queries;
    for (long p = 0; p < pixels; p++, logits += queries) {
        for (long q = 0; q < queries; q++) {
            float x = logits[q];
            struct logit logit = logit_of(x);
            float outside = (1.0f - alpha) * focal(x, logit.sigmoid, logit.logarithm);
            differences[q] = alpha * focal(-x, logit.complement, logit.logarithm) - outside;
            sigmoids[q] = logit.sigmoid;
            sums[q] += outside;
            sums[queries + q] += logit.sigmoid;
        }
        for (long layer = 0; layer < layers; layer++) {
            const int segment = segments[layer * stride + p];
            if (segment < 0) continue;
            float *restrict row = sums + (1 + segment) * 2 * queries;
            for (long q = 0; q < 2 * queries; q++) row[q] += line[q];
        }
    }
}
