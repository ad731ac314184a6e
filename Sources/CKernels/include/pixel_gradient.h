#pragma once

/// The weight gradient of a 1×1 convolution: dW[o][c] = Σ over pixels of dY[o] · x[c].
struct pixel_gradient {
    const float *input;
    long input_height, input_width, channels;
    const float *gradient;                          ///< dY
    long height, width, output_channels;
    long stride;
};

/// A part of dW. The first channel is a multiple of the panels' width.
struct pixel_gradient_part {
    long first_channel, last_channel, first_output, last_output;
};

/// Floats of scratch for a part of so many channels.
long pk_pixel_gradient_scratch_count(long channels, long output_channels);
/// Floats of the sums: [panel of channels][output channel][panel width].
long pk_pixel_gradient_sum_count(long channels, long output_channels);
/// Sums of one part over pixels [first, last) (flattened image, row, column of dY).
void pk_pixel_gradient_run(
    const struct pixel_gradient *pass, long first, long last, const struct pixel_gradient_part *part, float *sums,
    float *scratch);
/// Adds `slots` buffers of sums (slot_stride apart) in order and writes dW[o][c] of output channels
/// [first_output, last_output).
void pk_pixel_gradient_finish(
    const float *sums, long slots, long slot_stride, long channels, long output_channels, long first_output,
    long last_output, float *weight_gradient);
