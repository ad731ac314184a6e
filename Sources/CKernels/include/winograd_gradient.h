#pragma once

/// The weight gradient of a 3×3 convolution of stride 1 by Winograd's F(2 × 2, 3 × 3).
struct winograd_gradient {
    const float *input;
    long input_height, input_width, channels;       ///< channels: a multiple of 16
    const float *gradient;                          ///< dY
    long height, width, output_channels;            ///< output channels: a multiple of 16
    long padding;                                   ///< of the input, in pixels on each side
    const float *zeros;                             ///< as many as the larger number of channels
};

/// Tiles whose transforms are held at once.
enum { pk_winograd_gradient_chunk = 96 };

/// Floats of scratch for a call with so many output channels.
long pk_winograd_gradient_scratch_count(long channels, long output_channels);
/// Floats of the sums of all tiles: [point][panel of channels][output channel][panel width].
long pk_winograd_gradient_sum_count(long channels, long output_channels);
/// Sums over tiles [first, last) (flattened image, row, column of tiles of the output), for rows
/// [first_row, last_row) of the 4 × 4 points and output channels [first_output, last_output), multiples of 16.
void pk_winograd_gradient_run(
    const struct winograd_gradient *pass, long first, long last, long first_row, long last_row, long first_output,
    long last_output, float *sums, float *scratch);
/// Adds `slots` buffers of sums (slot_stride apart) in order and writes dW[o][tap][channel] of output channels
/// [first_output, last_output).
void pk_winograd_gradient_finish(
    const float *sums, long slots, long slot_stride, long channels, long output_channels, long first_output,
    long last_output, float *weight_gradient);
