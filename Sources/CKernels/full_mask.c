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

/// What one pixel gives of each mask: the three sums' parts, and their derivatives by the pixel's logit.
INLINE void look_at_pixel(const struct pk_masks *masks, const float *restrict x, const int *restrict wanted,
    float *restrict values, float *restrict slopes)
{
    for (int l = 0; l < lanes; l++) {
        struct logit logit = logit_of(x[l]);
        float wrong = wanted[l] ? logit.complement : logit.sigmoid;
        float right = wanted[l] ? logit.sigmoid : logit.complement;
        float weight = wanted[l] ? masks->alpha : 1.0f - masks->alpha, y = wanted[l] ? -x[l] : x[l];
        values[l] = weight * focal(y, wrong, logit.logarithm);
        values[lanes + l] = wanted[l] ? logit.sigmoid : 0;
        values[2 * lanes + l] = logit.sigmoid;
        float slope = wrong * right;
        slopes[l] = (wanted[l] ? -weight : weight) * focal_slope(y, wrong, right, logit.logarithm);
        slopes[lanes + l] = wanted[l] ? slope : 0;
        slopes[2 * lanes + l] = slope;
    }
}

KERNEL(void, pk_full_mask_sums, (const struct pk_masks *masks, long row, long first, long last, float *restrict line,
    double *restrict sums, float *restrict gradients, long distance),
    (masks, row, first, last, line, sums, gradients, distance))
{
    const struct resize_axis *columns = masks->columns;
    const long size = columns->input * lanes;
    float *restrict gathered = line + size;
    combine_rows(map_of(masks), masks->logits, row, line, lanes);
    memset(sums, 0, 3 * lanes * sizeof *sums);
    if (gradients) memset(gathered, 0, (size_t)(3 * size) * sizeof *gathered);
    for (long start = 0; start < columns->output; start += block) {
        float parts[3 * lanes] = {0};
        for (long o = start; o < minimum(start + block, columns->output); o++) {
            const long left = columns->lower[o] * lanes, right = columns->upper[o] * lanes;
            const float after = columns->weight[o], before = 1.0f - after;
            int wanted[lanes];
            float x[lanes], values[3 * lanes], slopes[3 * lanes];
            find_wanted(masks, row, o, wanted);
            for (int l = 0; l < lanes; l++) x[l] = before * line[left + l] + after * line[right + l];
            look_at_pixel(masks, x, wanted, values, slopes);
            for (int l = 0; l < 3 * lanes; l++) parts[l] += values[l];
            if (!gradients) continue;
            for (int m = 0; m < 3; m++) {
                float *map = gathered + m * size;
                for (int l = 0; l < lanes; l++) map[left + l] += before * slopes[m * lanes + l];
                for (int l = 0; l < lanes; l++) map[right + l] += after * slopes[m * lanes + l];
            }
        }
        for (int l = 0; l < 3 * lanes; l++) sums[l] += parts[l];
    }
    if (!gradients) return;
    for (int m = 0; m < 3; m++)
        spread_row(map_of(masks), gathered + m * size, lanes, row, first, last, gradients + m * distance);
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
