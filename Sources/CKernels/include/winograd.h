#pragma once
#include "convolution.h"

/// Winograd's minimal filtering F(outputs × outputs, taps × taps) with outputs = points + 1 − taps.
///
/// A convolution of stride 2 is a sum of four of stride 1 with half the taps in each direction, each of which reads
/// every second pixel: input_phases 2. A transposed one of stride 2 is four that read the same pixels, each of which
/// gives every second output: output_phases 2. Phase 0 has the pixels before the others.
struct winograd_form {
    long points;                                    ///< of a tile, in each direction: 4 or 6
    long taps;                                      ///< of a phase, in each direction: 2 or 3
    long input_phases, output_phases;               ///< in each direction: 1 or 2
};

/// A convolution of such a form.
struct winograd_pass {
    struct winograd_form form;
    const float *input;
    long input_height, input_width;
    long input_stride, channels;                    ///< floats from pixel to pixel; channels: a multiple of 16
    long height, width;                             ///< of the output
    long padding;                                   ///< pixels before the input in the first tile
    const float *zeros;                             ///< channels zeros
    const float *weights;                           ///< of all output phases, one after the other
    long output_channels;
    float *output;
    long output_stride;                             ///< floats from pixel to pixel
    struct convolution_epilogue epilogue;
};

/// Floats of transformed weights of one output phase; `depth`: channels of all input phases.
long pk_winograd_weight_count(struct winograd_form form, long output_channels, long depth);
/// Transforms a panel of one output phase's weights in the order of pk_convolution_pack, taps × taps taps of `depth`
/// channels: G g Gᵀ, [point][panel][depth][panel width].
void pk_winograd_transform_weights(
    struct winograd_form form, const float *packed, long output_channels, long depth, long panel, float *weights);

/// Tiles over so many output pixels in one direction.
long pk_winograd_tiles(struct winograd_form form, long size);
/// Floats from the values of one point of so many tiles to those of the next.
long pk_winograd_plane(struct winograd_form form, long tiles, long channels);
/// Transforms the input of tiles [first, last) (flattened image, row, column of tiles of the output), Bᵀ d B:
/// values[point][tile][channels of all input phases], points `plane` floats apart.
void pk_winograd_inputs(const struct winograd_pass *pass, long first, long last, float *values, long plane);
/// How many of so many panels of output channels have their products made together.
long pk_winograd_panels_together(struct winograd_form form, long channels, long panels);
/// Floats of the products of so many tiles and panels that are made together.
long pk_winograd_product_count(struct winograd_form form, long tiles, long panels);
/// Output channels of panels [first_panel, last_panel) of tiles [first, last), from the values of these tiles, Aᵀ m A.
void pk_winograd_outputs(
    const struct winograd_pass *pass, long first, long last, const float *values, long first_panel, long last_panel,
    float *products);
