#pragma once
#include "resize.h"

/// How many masks stand side by side.
enum { pk_mask_lanes = 16 };

/// Masks of one image: their logits at the size of the mask features, and what they should be at that of the canvas.
struct pk_masks {
    /// [rows->input][columns->input][stride], of which pk_mask_lanes are looked at.
    const float *logits;
    long stride;
    const struct resize_axis *rows, *columns;
    /// [layers][height][width]: the segment of each pixel of the image, which lies at the canvas's upper left.
    const int *segments;
    long layers, height, width;
    /// The segment of each mask; −2 for one that is none.
    const int *wanted;
    /// What a pixel of the mask weighs in the focal loss; one beside it weighs 1 − alpha.
    float alpha;
};

/// Row `row` of the canvas: sums [3][pk_mask_lanes] = Σ focal, Σ s · t, Σ s of each mask, s = sigmoid(x), x the logits
/// resized bilinearly, t 1 on the wanted segment and else 0; focal is α_t · (1 − p_t)² · −log p_t, p_t = t ? s : 1 − s.
/// The derivative of each sum by the logits is added to the rows first ..< last of one of three maps like the logits,
/// `distance` floats apart from `gradients` on; null: they are not wanted.
/// `line` is room for [4][columns->input][pk_mask_lanes].
void pk_full_mask_sums(const struct pk_masks *masks, long row, long first, long last, float *line, double *sums,
    float *gradients, long distance);

/// Sums over `pixels` pixels for the costs of matching; logits [pixels][queries].
///
/// sums is [1 + segments][2][queries]. Row 0 gets Σ n and Σ s over all pixels, row 1 + m gets Σ (p − n) and Σ s over
/// those of segment m; s = sigmoid(x), p and n are the focal losses of x where it should be in a mask and where not.
/// The segments of the pixels are [layers][stride], −1 is none; `line` is room for [2][queries].
void pk_focal_cost_sums(
    const float *logits, long pixels, long queries, const int *segments, long layers, long stride, float alpha,
    float *line, float *sums);
