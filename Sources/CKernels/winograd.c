// Winograd convolution, channels last: transform tiles of pixels, one matrix product a point, transform
// back.
#include "include/winograd.h"
#include "convolution_table.h"
#include "kernel.h"
#include "winograd_transforms.h"

/// Points of a tile in one dimension, at most; outputs, at most; planes of points are kept a cache line apart from a
/// power of two.
enum { most_points = 6, most_outputs = 5, plane_gap = 16 };

INLINE long outputs_of(struct winograd_form form) { return form.points + 1 - form.taps; }

/// Channels of all input phases.
INLINE long depth_of(struct winograd_form form, long channels)
{
    return form.input_phases * form.input_phases * channels;
}

long pk_winograd_weight_count(struct winograd_form form, long output_channels, long depth)
{
    return form.points * form.points * pk_convolution_packed_count(output_channels, depth);
}

/// A panel of `size` weights a tap to as many a point, which are `plane` apart.
INLINE void transform_panel(
    const int points, const int taps, const float *packed, long size, float *weights, long plane)
{
    for (long i = 0; i < size; i += lanes) {
        vector g[3 * 3], rows[most_points * 3], result[most_points * most_points];
        for (int k = 0; k < taps * taps; k++) g[k] = *(const vector *)(packed + k * size + i);
        for (int x = 0; x < taps; x++) transform_weight(points, taps, g + x, taps, rows + x, taps);
        for (int y = 0; y < points; y++)
            transform_weight(points, taps, rows + y * taps, 1, result + y * points, 1);
        for (int k = 0; k < points * points; k++) *(vector *)(weights + k * plane + i) = result[k];
    }
}

/// Calls a function with the form's points and taps as constants.
#define WITH_CONSTANTS(form, function, ...) \
    if ((form).points == 4 && (form).taps == 2) \
        function(4, 2, __VA_ARGS__); \
    else if ((form).points == 4) \
        function(4, 3, __VA_ARGS__); \
    else if ((form).taps == 2) \
        function(6, 2, __VA_ARGS__); \
    else \
        function(6, 3, __VA_ARGS__)

STATIC_KERNEL(void, transform_weights, (struct winograd_form form, const float *packed, long size,
    float *weights, long plane), (form, packed, size, weights, plane))
{
    WITH_CONSTANTS(form, transform_panel, packed, size, weights, plane);
}

void pk_winograd_transform_weights(
    struct winograd_form form, const float *packed, long output_channels, long depth, long panel, float *weights)
{
    long first = panel * 2 * pk_convolution_kernels()->lanes * depth;
    long size = pk_convolution_panel_lanes(panel, output_channels) * depth;
    transform_weights(
        form, packed + form.taps * form.taps * first, size, weights + first,
        pk_convolution_packed_count(output_channels, depth));
}

/// Output phases of a transposed convolution begin a pixel before the image: their phase 0 has the odd pixels.
INLINE long before_image(struct winograd_form form) { return form.output_phases - 1; }

long pk_winograd_tiles(struct winograd_form form, long size)
{
    long side = outputs_of(form) * form.output_phases;
    return (size + before_image(form) + side - 1) / side;
}

/// The image of a tile, and its first output of a phase.
struct position {
    long image, y, x;
};

INLINE struct position position_of(const struct winograd_pass *pass, long index)
{
    long columns = pk_winograd_tiles(pass->form, pass->width), rows = pk_winograd_tiles(pass->form, pass->height);
    long outputs = outputs_of(pass->form);
    struct position position = {
        index / columns / rows, index / columns % rows * outputs, index % columns * outputs,
    };
    return position;
}

/// Bᵀ d B of one phase of the patch under one tile, all channels; point k goes to values + k · plane.
INLINE void input_tile(
    const int points, const struct winograd_pass *pass, struct position p, long row, long column, float *values,
    long plane)
{
    const float *pixels[most_points * most_points];
    long phases = pass->form.input_phases;
    for (int i = 0; i < points; i++)
        for (int j = 0; j < points; j++) {
            long y = (p.y + i) * phases + row - pass->padding, x = (p.x + j) * phases + column - pass->padding;
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
            transform_input(points, d, 1, columns + j, points);
        }
#pragma clang loop unroll(full)
        for (int i = 0; i < points; i++) {
            transform_input(points, columns + i * points, 1, rows, 1);
            for (int j = 0; j < points; j++) *(vector *)(values + (i * points + j) * plane + c) = rows[j];
        }
    }
}

KERNEL(void, pk_winograd_inputs, (const struct winograd_pass *pass, long first, long last, float *values,
    long plane), (pass, first, last, values, plane))
{
    long phases = pass->form.input_phases;
    for (long index = first; index < last; index++) {
        struct position p = position_of(pass, index);
        for (long phase = 0; phase < phases * phases; phase++, values += pass->channels)
            if (pass->form.points == 4)
                input_tile(4, pass, p, phase / phases, phase % phases, values, plane);
            else
                input_tile(6, pass, p, phase / phases, phase % phases, values, plane);
    }
}

/// Output channels [first, first + width) of one phase.
struct output_part {
    long row, column;
    long first, width;
};

/// Aᵀ m A of one tile, sixteen channels from `channel` on, of which `valid` are there.
INLINE void output_tile(
    const int points, const int taps, const struct winograd_pass *pass, const struct output_part *part,
    struct position p, const float *products, long plane, long channel, long valid)
{
    const int outputs = points + 1 - taps;
    vector rows[most_outputs * most_points], sums[most_outputs * most_outputs];
#pragma clang loop unroll(full)
    for (int j = 0; j < points; j++) {
        vector m[most_points];
        for (int i = 0; i < points; i++) m[i] = *(const vector *)(products + (i * points + j) * plane);
        transform_output(points, taps, m, 1, rows + j, points);
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < outputs; i++)
        transform_output(points, taps, rows + i * points, 1, sums + i * outputs, 1);
    long phases = pass->form.output_phases, before = before_image(pass->form);
    const float *gate = pass->epilogue.gate ? pass->epilogue.gate + p.image * pass->output_channels : 0;
    for (int i = 0; i < outputs; i++)
        for (int j = 0; j < outputs; j++) {
            long y = (p.y + i) * phases + part->row - before, x = (p.x + j) * phases + part->column - before;
            if (y < 0 || y >= pass->height || x < 0 || x >= pass->width) continue;
            long pixel = (p.image * pass->height + y) * pass->width + x;
            float *output = pass->output + pixel * pass->output_stride;
            if (valid >= lanes) {
                finish_vector(&sums[i * outputs + j], channel, pixel, &pass->epilogue, gate, output);
                continue;
            }
            float values[lanes];
            *(vector *)values = sums[i * outputs + j];
            for (long c = 0; c < valid; c++)
                finish_lane(values[c], channel + c, pixel, &pass->epilogue, gate, output);
        }
}

STATIC_KERNEL(void, transform_outputs, (const struct winograd_pass *pass, const struct output_part *part, long first,
    long last, const float *products, long plane), (pass, part, first, last, products, plane))
{
    for (long index = first; index < last; index++, products += part->width) {
        struct position p = position_of(pass, index);
        for (long c = 0; c < part->width; c += lanes) {
            long valid = minimum(pass->output_channels - part->first, part->width) - c;
            if (valid <= 0) break;
            WITH_CONSTANTS(
                pass->form, output_tile, pass, part, p, products + c, plane, part->first + c, valid);
        }
    }
}

long pk_winograd_plane(struct winograd_form form, long tiles, long channels)
{
    return tiles * depth_of(form, channels) + plane_gap;
}

long pk_winograd_product_count(struct winograd_form form, long tiles, long panels)
{
    // A last panel of few channels is read as whole vectors.
    return form.points * form.points * panels * (tiles * pk_convolution_panel_width() + plane_gap) + lanes;
}

/// One matrix product: products[t][o] = Σ values[t][c] · weights[c][o].
static void multiply(
    const struct kernel_table *kernels, const float *values, long count, long depth, const float *weights,
    long width, float *products)
{
    static const struct convolution_epilogue nothing = {0};
    tile_kernel kernel = width == kernels->lanes ? kernels->tile1 : kernels->tile2;
    for (long t = 0; t < count; t += kernels->rows) {
        const float *rows[most_rows];
        long offsets[most_rows], left = minimum(kernels->rows, count - t);
        for (long r = 0; r < kernels->rows; r++) {
            rows[r] = values + (t + minimum(r, left - 1)) * depth;
            offsets[r] = r * width;
        }
        struct tile_target target = {products + t * width, offsets, offsets, left, width, 0};
        kernel(rows, 1, depth, weights, &target, &nothing);
    }
}

/// Depth from which a point's values are worth keeping in the cache while the weights of all panels pass; below it
/// the products of one panel are.
enum { deep = 192 };

long pk_winograd_panels_together(struct winograd_form form, long channels, long panels)
{
    return depth_of(form, channels) < deep ? 1 : panels;
}

/// Products of all points with panels [first_panel, last_panel) of one output phase, and their outputs.
static void multiply_panels(
    const struct winograd_pass *pass, long phase, long first, long last, const float *values, long first_panel,
    long last_panel, float *products)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    long points = pass->form.points * pass->form.points, phases = pass->form.output_phases, count = last - first;
    long depth = depth_of(pass->form, pass->channels), all = pass->output_channels;
    long value_plane = pk_winograd_plane(pass->form, count, pass->channels), panel_width = 2 * kernels->lanes;
    long product_plane = count * panel_width + plane_gap, weight_plane = pk_convolution_packed_count(all, depth);
    const float *weights = pass->weights + phase * points * weight_plane;
    for (long k = 0; k < points; k++, weights += weight_plane)
        for (long panel = first_panel; panel < last_panel; panel++)
            multiply(
                kernels, values + k * value_plane, count, depth, weights + panel * panel_width * depth,
                pk_convolution_panel_lanes(panel, all),
                products + ((panel - first_panel) * points + k) * product_plane);
    for (long panel = first_panel; panel < last_panel; panel++, products += points * product_plane) {
        struct output_part part = {
            phase / phases, phase % phases, panel * panel_width, pk_convolution_panel_lanes(panel, all),
        };
        transform_outputs(pass, &part, first, last, products, product_plane);
    }
}

void pk_winograd_outputs(
    const struct winograd_pass *pass, long first, long last, const float *values, long first_panel, long last_panel,
    float *products)
{
    long phases = pass->form.output_phases;
    long step = pk_winograd_panels_together(pass->form, pass->channels, last_panel - first_panel);
    for (long phase = 0; phase < phases * phases; phase++)
        for (long panel = first_panel; panel < last_panel; panel += step)
            multiply_panels(
                pass, phase, first, last, values, panel, minimum(last_panel, panel + step), products);
    finish_streams(&pass->epilogue);
}
