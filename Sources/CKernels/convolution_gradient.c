// The weight gradient: outer products of input and dY rows, without a column matrix. Blocks of input
// channels and panels of dY channels are first laid side by side: strides of whole pixels would fall on few
// sets of the cache.
#include "convolution_table.h"
#include "kernel.h"

static long panel_lanes(long left, long lanes) { return left <= lanes ? lanes : 2 * lanes; }

static long floor_divide(long a, long b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

long pk_convolution_gradient_scratch_count(const struct convolution_weight_gradient *part, long lines)
{
    long reach = part->tap_rows[part->tap_row_count - 1] - part->tap_rows[0] + 1;
    long rows = minimum(part->input_height, (lines - 1) * part->stride + reach);
    return rows * part->input_width * part->channels
        + lines * part->width * 2 * pk_convolution_kernels()->lanes;
}

long pk_convolution_gradient_table_count(long lines) { return 2 * lines; }

enum { copied = 16 };

/// Copies `width` floats of each pixel, of which `valid` are there, and zeros for the others.
STATIC_KERNEL(void, pack_pixels, (const float *restrict source, long pixels, long stride, long valid, long width,
    float *restrict target), (source, pixels, stride, valid, width, target))
{
    long p = 0;
    if (valid == width && width == 2 * copied) {
        for (; p < pixels; p++)
            for (long c = 0; c < 2 * copied; c++) target[p * width + c] = source[p * stride + c];
    } else if (valid == width && width <= copied) {
        // Whole vectors: what is too much is overwritten by the next pixel, and the last pixels go the
        // exact way.
        long whole = pixels - copied / minimum(width, stride) - 1;
        for (; p < whole; p++)
            for (long c = 0; c < copied; c++) target[p * width + c] = source[p * stride + c];
    }
    for (; p < pixels; p++) {
        for (long c = 0; c < valid; c++) target[p * width + c] = source[p * stride + c];
        for (long c = valid; c < width; c++) target[p * width + c] = 0;
    }
}

/// What one call works on: output rows [first, last) of an image, and the input rows they reach.
struct strip {
    long image, first, last, input_first, input_last;
    const float *input, *gradient;
    long panel_width, blocks;
};

/// Channels [first, next first) of block `block`: nearly equal sizes, 64 channels are 11 + 11 + 11 + 11 +
/// 10 + 10.
static long block_start(const struct convolution_weight_gradient *part, const struct strip *strip, long block)
{
    return part->channels * block / strip->blocks;
}

static void add_tap(
    const struct convolution_weight_gradient *part, const struct strip *strip, long row, long column,
    const float **table, float *sums)
{
    // Pixels lo ..< hi of a line have this tap inside the image.
    long lo = maximum(0, -floor_divide(column, part->stride));
    long hi = minimum(part->width, floor_divide(part->input_width - 1 - column, part->stride) + 1);
    if (lo >= hi) return;
    const struct kernel_table *kernels = pk_convolution_kernels();
    long input_rows = strip->input_last - strip->input_first;
    for (long block = 0; block < strip->blocks; block++) {
        long channel = block_start(part, strip, block);
        long count = block_start(part, strip, block + 1) - channel;
        struct outer_lines lines = {
            table, 0, hi - lo, part->stride * count, strip->panel_width, 0, strip->gradient, 0,
        };
        const float *input = strip->input + channel * input_rows * part->input_width;
        for (long i = strip->first; i < strip->last; i++) {
            long y = i * part->stride + row;
            if (y < 0 || y >= part->input_height) continue;
            long pixel = (y - strip->input_first) * part->input_width + lo * part->stride + column;
            table[2 * lines.count] = input + pixel * count;
            table[2 * lines.count + 1] =
                strip->gradient + ((i - strip->first) * part->width + lo) * strip->panel_width;
            lines.count++;
        }
        if (lines.count)
            kernels->outer(count, strip->panel_width / kernels->lanes, &lines, sums + channel * strip->panel_width);
    }
}

void pk_convolution_weight_gradient_run(
    const struct convolution_weight_gradient *part, long image, long first, long last, long first_panel,
    long last_panel, float *sums, float *scratch, const float **table)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    long lanes = kernels->lanes, width = part->input_width;
    long depth = part->tap_row_count * part->tap_column_count * part->channels;
    long reach = part->tap_rows[part->tap_row_count - 1] + 1;
    struct strip strip = {
        image, first, last, 0, 0, scratch, 0, 0, (part->channels + kernels->rows - 1) / kernels->rows,
    };
    strip.input_first = minimum(part->input_height, maximum(0, first * part->stride + part->tap_rows[0]));
    strip.input_last = minimum(part->input_height, (last - 1) * part->stride + reach);
    strip.input_last = maximum(strip.input_first, strip.input_last);
    long first_pixel = (image * part->input_height + strip.input_first) * width;
    long pixels = (strip.input_last - strip.input_first) * width;
    for (long block = 0; block < strip.blocks; block++) {
        long channel = block_start(part, &strip, block);
        long count = block_start(part, &strip, block + 1) - channel;
        const float *source = part->input + first_pixel * part->input_stride + channel;
        pack_pixels(source, pixels, part->input_stride, count, count, scratch + channel * pixels);
    }
    float *gradient = scratch + pixels * part->channels;
    strip.gradient = gradient;
    for (long panel = first_panel; panel < last_panel; panel++) {
        long channel = panel * 2 * lanes, left = part->output_channels - channel;
        strip.panel_width = panel_lanes(left, lanes);
        pack_pixels(
            part->gradient + (image * part->height + first) * part->width * part->gradient_stride + channel,
            (last - first) * part->width, part->gradient_stride, minimum(left, strip.panel_width), strip.panel_width,
            gradient);
        float *target = sums + channel * depth;
        for (long a = 0; a < part->tap_row_count; a++)
            for (long b = 0; b < part->tap_column_count; b++, target += part->channels * strip.panel_width)
                add_tap(part, &strip, part->tap_rows[a], part->tap_columns[b], table, target);
    }
}

void pk_convolution_weight_gradient_finish(
    const float *sums, long slots, long slot_stride, long panel, long output_channels, long depth,
    float *weight_gradient)
{
    long lanes = pk_convolution_kernels()->lanes, first = panel * 2 * lanes, left = output_channels - first;
    long width = panel_lanes(left, lanes), valid = minimum(left, width);
    for (long block = 0; block < depth; block += 16) {
        long end = minimum(depth, block + 16);
        for (long o = 0; o < valid; o++)
            for (long k = block; k < end; k++) {
                const float *sum = sums + first * depth + k * width + o;
                float total = sum[0];
                for (long slot = 1; slot < slots; slot++) total += sum[slot * slot_stride];
                weight_gradient[(first + o) * depth + k] = total;
            }
    }
}
