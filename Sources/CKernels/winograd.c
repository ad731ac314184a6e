// Winograd convolution, channels last: transform tiles of pixels, one matrix product a point, transform
// back.
#include "include/winograd.h"
#include "convolution_table.h"
#include "kernel.h"
#include "winograd_transforms.h"

/// Points of a tile in one dimension, at most; planes of points are kept a cache line apart from a power of
/// two.
enum { most_points = 6, plane_gap = 16 };

long pk_winograd_weight_count(long tile, long output_channels, long channels)
{
    return (tile + 2) * (tile + 2) * pk_convolution_packed_count(output_channels, channels);
}

INLINE void transform_panel(const int tile, const float *packed, long size, float *weights)
{
    const int points = tile + 2;
    for (long i = 0; i < size; i += lanes) {
        vector taps[9], rows[most_points * 3], result[most_points * most_points];
        for (int k = 0; k < 9; k++) taps[k] = *(const vector *)(packed + k * size + i);
        for (int x = 0; x < 3; x++) transform_weight(tile, taps + x, 3, rows + x, 3);
        for (int y = 0; y < points; y++) transform_weight(tile, rows + y * 3, 1, result + y * points, 1);
        for (int k = 0; k < points * points; k++) *(vector *)(weights + k * size + i) = result[k];
    }
}

STATIC_KERNEL(void, transform_weights, (long tile, const float *packed, long size, float *weights), (tile, packed, size,
    weights))
{
    if (tile == 2)
        transform_panel(2, packed, size, weights);
    else
        transform_panel(4, packed, size, weights);
}

void pk_winograd_transform_weights(
    long tile, const float *packed, long output_channels, long channels, long panel, float *weights)
{
    long panel_lanes = pk_convolution_kernels()->lanes;
    long first = panel * 2 * panel_lanes * channels;
    long size = pk_convolution_panel_lanes(panel, output_channels) * channels;
    transform_weights(tile, packed + 9 * first, size, weights + (tile + 2) * (tile + 2) * first);
}

struct position {
    long image, y, x;
};

INLINE struct position position_of(const struct winograd_pass *pass, long tile, long index)
{
    long columns = (pass->width + tile - 1) / tile, rows = (pass->height + tile - 1) / tile;
    struct position position = {
        index / columns / rows, index / columns % rows * tile, index % columns * tile,
    };
    return position;
}

/// Bᵀ d B of the patch under one tile, all channels; point k goes to values + k · plane.
INLINE void input_tile(const int tile, const struct winograd_pass *pass, long index, float *values, long plane)
{
    const int points = tile + 2;
    const float *pixels[most_points * most_points];
    struct position p = position_of(pass, tile, index);
    for (int i = 0; i < points; i++)
        for (int j = 0; j < points; j++) {
            long y = p.y - pass->padding + i, x = p.x - pass->padding + j;
            int inside = y >= 0 && y < pass->input_height && x >= 0 && x < pass->input_width;
            long pixel = (p.image * pass->input_height + y) * pass->input_width + x;
            pixels[i * points + j] = inside ? pass->input + pixel * pass->input_stride : pass->zeros;
        }
    for (long c = 0; c < pass->channels; c += lanes) {
        vector columns[most_points * most_points], rows[most_points];
#pragma clang loop unroll(full)
        for (int j = 0; j < points; j++) {
            vector d[most_points];
            for (int i = 0; i < points; i++) d[i] = *(const vector *)(pixels[i * points + j] + c);
            transform_input(tile, d, 1, columns + j, points);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < points; i++) {
            transform_input(tile, columns + i * points, 1, rows, 1);
            for (int j = 0; j < points; j++) *(vector *)(values + (i * points + j) * plane + c) = rows[j];
        }
    }
}

STATIC_KERNEL(void, transform_inputs, (long tile, const struct winograd_pass *pass, long first, long last,
    float *values, long plane), (tile, pass, first, last, values, plane))
{
    for (long index = first; index < last; index++, values += pass->channels) {
        if (tile == 2)
            input_tile(2, pass, index, values, plane);
        else
            input_tile(4, pass, index, values, plane);
    }
}

/// Aᵀ m A of one tile, sixteen channels from `channel` on, of which `valid` are there.
INLINE void output_tile(
    const int tile, const struct winograd_pass *pass, long index, const float *products, long plane, long channel,
    long valid)
{
    const int points = tile + 2;
    vector rows[4 * most_points], y[4 * 4];
#pragma clang loop unroll(full)
    for (int j = 0; j < points; j++) {
        vector m[most_points];
        for (int i = 0; i < points; i++) m[i] = *(const vector *)(products + (i * points + j) * plane);
        transform_output(tile, m, 1, rows + j, points);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < tile; i++) transform_output(tile, rows + i * points, 1, y + i * tile, 1);
    struct position p = position_of(pass, tile, index);
    for (int i = 0; i < tile && p.y + i < pass->height; i++)
        for (int j = 0; j < tile && p.x + j < pass->width; j++) {
            long pixel = (p.image * pass->height + p.y + i) * pass->width + p.x + j;
            float *output = pass->output + pixel * pass->output_stride;
            if (valid >= lanes) {
                finish_vector(&y[i * tile + j], channel, pixel, &pass->epilogue, output);
                continue;
            }
            float values[lanes];
            *(vector *)values = y[i * tile + j];
            for (long c = 0; c < valid; c++)
                finish_lane(values[c], channel + c, pixel, &pass->epilogue, output);
        }
}

STATIC_KERNEL(void, transform_outputs, (long tile, const struct winograd_pass *pass, long first, long last,
    const float *products, long plane, long channel, long width), (tile, pass, first, last, products, plane, channel,
    width))
{
    for (long index = first; index < last; index++, products += width)
        for (long c = 0; c < width; c += lanes) {
            long valid = minimum(pass->output_channels - channel, width) - c;
            if (valid <= 0) break;
            if (tile == 2)
                output_tile(2, pass, index, products + c, plane, channel + c, valid);
            else
                output_tile(4, pass, index, products + c, plane, channel + c, valid);
        }
}

long pk_winograd_scratch_count(long tile, long tiles, long channels)
{
    long width = 2 * pk_convolution_kernels()->lanes;
    return (tile + 2) * (tile + 2) * (tiles * (channels + (width < lanes ? lanes : width)) + 2 * plane_gap);
}

/// One matrix product: products[t][o] = Σ values[t][c] · weights[c][o].
static void multiply(
    const struct kernel_table *kernels, const float *values, long count, long channels, const float *weights,
    long width, float *products)
{
    static const struct convolution_epilogue nothing = {0};
    tile_kernel kernel = width == kernels->lanes ? kernels->tile1 : kernels->tile2;
    for (long t = 0; t < count; t += kernels->rows) {
        const float *rows[most_rows];
        long offsets[most_rows], left = minimum(kernels->rows, count - t);
        for (long r = 0; r < kernels->rows; r++) {
            rows[r] = values + (t + minimum(r, left - 1)) * channels;
            offsets[r] = r * width;
        }
        struct tile_target target = {products + t * width, offsets, offsets, left, width, 0};
        kernel(rows, 1, channels, weights, &target, &nothing);
    }
}

void pk_winograd_run(long tile, const struct winograd_pass *pass, long first, long last, float *scratch)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    long points = (tile + 2) * (tile + 2), count = last - first, channels = pass->channels;
    long value_plane = count * channels + plane_gap;
    float *products = scratch + points * value_plane;
    transform_inputs(tile, pass, first, last, scratch, value_plane);
    for (long panel = 0; panel * 2 * kernels->lanes < pass->output_channels; panel++) {
        long channel = panel * 2 * kernels->lanes;
        long width = pk_convolution_panel_lanes(panel, pass->output_channels);
        long product_plane = count * width + plane_gap;
        const float *weights = pass->weights + points * channel * channels;
        for (long k = 0; k < points; k++)
            multiply(
                kernels, scratch + k * value_plane, count, channels, weights + k * channels * width, width,
                products + k * product_plane);
        transform_outputs(tile, pass, first, last, products, product_plane, channel, width);
    }
    finish_streams(&pass->epilogue);
}
