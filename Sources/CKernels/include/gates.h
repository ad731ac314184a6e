#pragma once

/// y = base + σ(sign · gate) · x by element; without a base, 0 stands for it.
void pk_gated_sum(const float *base, const float *x, const float *gate, float sign, long count, float *y);
/// dx = dy · σ(sign · gate); dgate = dy · x · sign · σ(gate) · σ(−gate).
void pk_gated_sum_backward(
    const float *x, const float *gate, float sign, const float *dy, long count, float *dx, float *dgate);

/// A pixel's keys decide between its two values.
struct pixel_attention {
    /// [pixels][channels].
    const float *x, *y;
    /// [pixels][key_channels].
    const float *key_x, *key_y;
    long channels, key_channels;
    /// Whether the result passes a ReLU.
    int relu;
};

/// weights = σ(Σ key_x · key_y) of each pixel; output = weights · y + (1 − weights) · x, of the pixels first ..< last.
void pk_pixel_attention(
    const struct pixel_attention *attention, long first, long last, float *weights, float *output);
/// The gradients from that of the output, which tells where its ReLU passed.
void pk_pixel_attention_backward(
    const struct pixel_attention *attention, const float *weights, const float *output, const float *d_output,
    long first, long last, float *dx, float *dy, float *d_key_x, float *d_key_y);
