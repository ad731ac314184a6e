#pragma once

/// Whether any of `count` mask logits lets its position take part: it does unless it is below zero.
int pk_prototypes_any_allowed(const float *mask_logits, long count);
/// Queries, rounded up so that a row of them is whole vectors.
long pk_prototypes_row(long queries);
/// What the similarities of some pixels to all queries are added to, [pixels][row]: 0, or −∞ where the mask logit
/// [pixels][queries] is below zero and beyond the queries, so that the sum is never the best.
void pk_prototypes_starts(const float *mask_logits, long pixels, long queries, long row, float *starts);
/// The similarity of a head's keys, rows of `depth` floats `stride` apart, of pixels from `first` on, to its queries
/// [depth][row], `row` as above, on top of starts in rows `start_step` apart: keeps for every query the best so far and
/// where it was; the first of equals stays.
void pk_prototypes_search(
    const float *keys, long stride, long depth, const float *queries, long row, const float *starts, long start_step,
    long pixels, long first, float *best, int *index);
