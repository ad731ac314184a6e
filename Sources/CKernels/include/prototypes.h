#pragma once

/// Whether any of `count` mask logits lets its position take part: it does unless it is below zero.
int pk_prototypes_any_allowed(const float *mask_logits, long count);
/// Queries, rounded up so that a row of them is whole vectors.
long pk_prototypes_row(long queries);
/// The similarity of a head's keys, rows of `depth` floats `stride` apart, of pixels from `first` on, to its queries
/// [depth][row], `row` as above: keeps for every query the best so far and where it was; the first of
/// equals stays. Positions whose mask logit, in rows `mask_step` apart, is below zero are passed over.
void pk_prototypes_search(
    const float *keys, long stride, long depth, const float *queries, long row, const float *mask_logits,
    long mask_step, long pixels, long first, float *best, int *index);
