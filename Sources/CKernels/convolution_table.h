// What the register-tiled kernels of one instruction set offer.
#pragma once
#include "streams.h"

/// Where a tile of output goes; the first channel of the panel is at offset 0.
struct tile_target {
    float *output;
    const long *offsets, *residual_offsets;
    long pixels, channels;
    long ahead;    // floats from the input of this tile to that of the next, which is fetched meanwhile; or 0
    const long *column_offsets;    // where the epilogue has columns
};

/// Lines of input and dY pixels that one outer product runs over: table[2l] input, table[2l + 1] dY.
struct outer_lines {
    const float *const *table;
    long count, pixels, step, gradient_step;
    int begins;            // the sums are stored, not added to those that are there
    const float *ahead;    // fetched meanwhile: a cache line for each pixel, ahead_step floats apart
    long ahead_step;
};

typedef void (*tile_kernel)(
    const float *const *rows, long runs, long length, const float *panel, const struct tile_target *target,
    const struct convolution_epilogue *epilogue);

struct kernel_table {
    long rows, lanes;
    tile_kernel tile1, tile2;
    void (*outer)(long channels, long vectors, const struct outer_lines *lines, float *target);
    float (*multiply_registers)(long rounds, float factor);
};

/// The largest `rows` of any table.
enum { most_rows = 12 };

const struct kernel_table *pk_convolution_kernels(void);

/// Output channels of a weight panel: two vectors, or one if that holds what is left.
long pk_convolution_panel_lanes(long panel, long output_channels);
