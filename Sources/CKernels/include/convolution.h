#pragma once

/// What is done to a finished sum before it is stored: y = relu(sum · scale + shift + residual). Null parts
/// are left out.
struct convolution_epilogue {
    const float *scale;      ///< [output_channels] or null
    const float *shift;      ///< [output_channels] or null
    const float *residual;   ///< the pixel grid of the output, or null
    long residual_stride;    ///< floats from one pixel of the residual to the next
    int relu;
    int streams;             ///< stores go past the caches; outputs lie in whole, aligned cache lines
    // Of pk_convolution_run, and the gate of pk_winograd_run, alone:
    const float *columns;    ///< [output_width][output_channels] or null: added to the pixels of each column, and the
                             ///< residual, [output_height][output_channels], to those of each row
    const float *gate;       ///< [output_channels] (pk_winograd_run: of each image) or null: the residual comes after
                             ///< ReLU, times 1 + gate
    float *sums;             ///< [output_channels] or null: the results of all pixels are added to it
};

/// One pass of a convolution: a lattice of output pixels, each of which sums over taps × channels of the
/// input.
///
/// Site (image, i, j) reads input pixels (i · input_step + tap_rows[a], j · input_step + tap_columns[b])
/// (zero outside) and writes output pixel (output_row + i · output_step, output_column + j · output_step).
/// A forward convolution is one pass; a data gradient or a transposed convolution of stride s is s² passes.
struct convolution_pass {
    const float *input;
    long input_height, input_width, input_stride;   ///< stride: floats from pixel to pixel
    long channels;                                  ///< of a tap, contiguous
    long images, height, width;                     ///< of the lattice
    long input_step;
    long tap_row_count, tap_column_count;
    const long *tap_rows, *tap_columns;             ///< ascending
    const float *zeros;                             ///< tap_column_count · channels zeros
    const float *panels;                            ///< weights, see pk_convolution_pack
    long output_channels;
    float *output;
    long output_height, output_width, output_stride;
    long output_row, output_column, output_step;
    struct convolution_epilogue epilogue;
};

/// Output pixels that the kernel of this processor computes together.
long pk_convolution_tile_pixels(void);
/// Output channels of a weight panel; the last panel has half of it if that holds what is left.
long pk_convolution_panel_width(void);
/// Floats of all panels of `output_channels` × `depth` weights.
long pk_convolution_packed_count(long output_channels, long depth);

/// Writes panels [first_panel, last_panel): panel[k][o] = weight[o · output_step + offset(k)], zero beyond
/// output_channels, where k runs over taps, then channels, and offset = tap_offsets[tap] + channel ·
/// channel_step.
void pk_convolution_pack(
    const float *weight, long output_channels, long output_step, long tap_count, const long *tap_offsets, long channels,
    long channel_step, long first_panel, long last_panel, float *packed);

/// Pointers of scratch that pk_convolution_run needs for a pass of so many taps.
long pk_convolution_table_count(long tap_count);
/// Computes sites [first, last) (flattened image, i, j) for panels [first_panel, last_panel).
void pk_convolution_run(
    const struct convolution_pass *pass, long first, long last, long first_panel, long last_panel, const float **table);

/// A weight gradient: input and dY, and how the window lies on the input.
struct convolution_weight_gradient {
    const float *input;
    long input_height, input_width, input_stride, channels;
    const float *gradient;                          ///< dY
    long height, width, gradient_stride, output_channels;
    long stride;
    long tap_row_count, tap_column_count;
    const long *tap_rows, *tap_columns;             ///< ascending
};

/// Floats of scratch for a call with so many rows of dY.
long pk_convolution_gradient_scratch_count(const struct convolution_weight_gradient *part, long lines);
/// Pointers of scratch for a call with so many rows of dY.
long pk_convolution_gradient_table_count(long lines);
/// Adds what rows [first, last) of dY of one image give to panels [first_panel, last_panel) of sums; a
/// panel is [tap][channel][panel width], as in pk_convolution_pack.
void pk_convolution_weight_gradient_run(
    const struct convolution_weight_gradient *part, long image, long first, long last, long first_panel,
    long last_panel, float *sums, float *scratch, const float **table);
/// Adds `slots` buffers of sums (slot_stride apart) in order and writes dW[o][tap][channel] for one panel.
void pk_convolution_weight_gradient_finish(
    const float *sums, long slots, long slot_stride, long panel, long output_channels, long depth,
    float *weight_gradient);
