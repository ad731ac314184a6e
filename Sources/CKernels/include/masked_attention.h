#pragma once

// Attention of queries over tiles of pixels. Scores are [pixels][stride] with queries side by side, `stride` a multiple
// of 16; they are multiplied by log₂ e, so that powers of two take the place of exponentials. Mask bits are
// [pixels][words]: bit q % 32 of word q / 32 is set where query q attends to the pixel; null bits are all set. `words`
// is at least stride / 32, rounded up.

/// Mask bits of mask logits [pixels][queries]: set unless the logit is below zero; bits beyond `queries` are zeros. ORs
/// those of all pixels into any[words].
void pk_attention_mask(
    const float *mask_logits, long pixels, long queries, long words, unsigned *bits, unsigned *any);
/// Sets the bits `open` [words] of every pixel.
void pk_attention_open(unsigned *bits, long pixels, long words, const unsigned *open);

/// One tile of a softmax over pixels: scores become 2^(score − most), 0 where masked. `most` is the running maximum of
/// each query and `sums` the running sum of the powers relative to it (−∞ and 0 at the start); `factors` gets what
/// sums from before this tile must be multiplied by. All three [stride].
void pk_attention_softmax(
    float *scores, long stride, const unsigned *bits, long words, long pixels, float *most, float *sums,
    float *factors);

/// Floats of a pixel's row of a head of so many channels: whole vectors.
long pk_attention_row_width(long width);
/// Rows of pixels, `stride` floats apart, to [heads][pixels][pk_attention_row_width(width)], zeros beyond the width.
void pk_attention_pack(const float *rows, long stride, long pixels, long heads, long width, float *packed);
/// sums = factors · sums + weightsᵀ · values for weights [pixels][stride], of which the first `queries` of a row count,
/// and values [pixels][row_width], a head's. Null factors are ones. Sums are [queries][row_width] in the order of the
/// register-tiled kernels.
void pk_attention_mix(
    const float *weights, long stride, long pixels, long queries, const float *values, long row_width,
    const float *factors, float *sums);
/// y[q][c] += factors[q] · sums for `queries` rows of `width` columns of y, y_stride apart.
void pk_attention_add(const float *sums, long queries, long width, const float *factors, float *y, long y_stride);

/// One tile of the gradient: scores become the probabilities p = 2^(score − most) · inverse_sum, 0 where masked, and
/// products, which hold dp, become p · (dp − along) unless they are null. The three last are [stride].
void pk_attention_gradient(
    float *scores, float *products, long stride, const unsigned *bits, long words, long pixels, const float *most,
    const float *inverse_sum, const float *along);
