#pragma once
#include <stddef.h>

/// Attention within windows of one image's tokens (Swin Transformer). The grid of `height` × `width` tokens is padded
/// on the right and bottom to multiples of `side` and rolled by −`shift` in both axes; nothing of that is copied.
struct window_attention {
    const float *qkv;       ///< tokens row by row, each q | k | v of heads × depth
    const float *padding;   ///< the same of a padded token
    const float *bias;      ///< see pk_window_bias
    long height, width;     ///< tokens that there are
    long side, shift;       ///< of a window, in tokens
    long heads, depth;
    float scale;            ///< of the queries
};

/// Windows of an image.
long pk_window_count(const struct window_attention *attention);
/// Floats of a row of scores: side², rounded up to whole vectors.
long pk_window_row(long side);
/// Bytes of scratch, at a multiple of 64, that a thread needs; more where gradients are computed.
size_t pk_window_scratch(long side, long depth, int backward);

/// bias[head][query][key] = table[(y_query − y_key + side − 1)(2 · side − 1) + x_query − x_key + side − 1][head], in
/// rows of pk_window_row floats; −∞ in those beyond the last key.
void pk_window_bias(const float *table, long side, long heads, float *bias);

/// For window · heads + head in [first, last): softmax(scale · q · kᵀ + bias + mask) · v of the window's tokens ->
/// those channels of y, tokens row by row. The mask is −100 between regions of a rolled window that are no neighbours.
void pk_window_attention_forward(
    const struct window_attention *attention, long first, long last, void *scratch, float *y);

/// Floats that pk_window_attention_backward adds to: d(bias) in rows of pk_window_row, then dq, dk and dv of padding.
long pk_window_sums(long side, long depth);
/// Gradients of one head in windows [first, last): writes those channels of dqkv, and adds to `sums`.
void pk_window_attention_backward(
    const struct window_attention *attention, long head, long first, long last, const float *dy, void *scratch,
    float *dqkv, float *sums);
/// Sums `count` d(bias) of one head, `stride` floats apart: writes d(table) of that head, rows `heads` floats apart.
/// `scratch` has (2 · side − 1)² values.
void pk_window_table_gradient(
    const float *sums, long count, long stride, long side, long heads, double *scratch, float *table_gradient);
