#pragma once

#include <stdbool.h>

/// y = Σ_t weights[t] · x[t], t < 4; the last two are not read where their weights are 0.
void pk_combine_rows(const float *const x[4], const float weights[4], long count, float *y);

/// For each of `pixels` output pixels: probabilities[p][q] = sigmoid(Σ_t weights[4p + t] · row[indices[4p + t]][q]),
/// row is [width, channels]; the last two taps are not read where their weights are 0.
void pk_resample_sigmoid(
    const float *row, const int *indices, const float *weights, long pixels, long channels, float *probabilities);

/// The same without the sigmoid.
void pk_resample_columns(
    const float *row, const int *indices, const float *weights, long pixels, long channels, float *y);

/// Adds for each channel q the sigmoids of its positive values among logits[p][q], p < pixels ≤ 64, to sums[q], and
/// sets words[q · stride] to the set of these pixels, pixel p in bit p.
void pk_inside_pixels(
    const float *logits, long pixels, long channels, unsigned long long *words, long stride, double *sums);

/// labels[p] = index of the largest of scores[p][0 … channels), the first of equals.
void pk_arg_max_rows(const float *scores, long pixels, long channels, unsigned short *labels);

/// best[p] = index of the largest factors[q] · probabilities[p][q], none negative, the first of equals; inside[p] says
/// whether that probability is at least one half. Adds the number of pixels where probabilities[p][q] is, to areas[q].
void pk_choose_masks(
    const float *probabilities, const float *factors, long pixels, long channels, unsigned short *best, bool *inside,
    int *areas);
