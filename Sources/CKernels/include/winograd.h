#pragma once
#include "convolution.h"

/// A 3×3 convolution of stride 1 by Winograd's minimal filtering: F(tile × tile, 3 × 3), tile 2 or 4.
struct winograd_pass {
    const float *input;
    long input_height, input_width;
    long input_stride, channels;                    ///< floats from pixel to pixel; channels: a multiple of 16
    long images, height, width;                     ///< of the output
    long padding;                                   ///< of the input, in pixels on each side
    const float *zeros;                             ///< channels zeros
    const float *weights;                           ///< see pk_winograd_transform_weights
    long output_channels;
    float *output;
    long output_stride;                             ///< floats from pixel to pixel
    struct convolution_epilogue epilogue;
};

/// Floats of transformed weights.
long pk_winograd_weight_count(long tile, long output_channels, long channels);
/// Transforms a panel of weights in the order of pk_convolution_pack (nine taps): G g Gᵀ,
/// [point][channel][panel width].
void pk_winograd_transform_weights(
    long tile, const float *packed, long output_channels, long channels, long panel, float *weights);

/// Floats of scratch for so many tiles.
long pk_winograd_scratch_count(long tile, long tiles, long channels);
/// Computes tiles [first, last) (flattened image, row, column of tiles of the output).
void pk_winograd_run(long tile, const struct winograd_pass *pass, long first, long last, float *scratch);
