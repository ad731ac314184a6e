#pragma once

/// Whether any of `count` mask logits lets its position take part: it does unless it is below zero.
int pk_prototypes_any_allowed(const float *mask_logits, long count);
/// Goes through similarities [pixels][stride], the first `queries` of each row, of pixels from `first` on and
/// keeps for every query the best so far and where it was; the first of equals stays. Positions whose mask
/// logit [pixels][queries] is below zero are passed over; null means that none are.
void pk_prototypes_scan(
    const float *similarity, long stride, const float *mask_logits, long pixels, long queries, long first,
    float *best, int *index);
