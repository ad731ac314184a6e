// The weight gradient: outer products of input and dY rows, without a column matrix.
#include "convolution_table.h"

long convolution_gradient_scratch_count(long lines, long width)
{
    return lines * width * 2 * convolution_kernels()->lanes;
}

long convolution_gradient_table_count(long lines) { return 2 * lines; }

/// Copies the last, partly filled panel of dY with zeros in place of the channels that are not there.
static void pad_gradient(
    const float *gradient, long pixels, long gradient_stride, long valid, long width, float *padded)
{
    for (long p = 0; p < pixels; p++) {
        for (long c = 0; c < valid; c++) padded[p * width + c] = gradient[p * gradient_stride + c];
        for (long c = valid; c < width; c++) padded[p * width + c] = 0;
    }
}

static long floor_divide(long a, long b) { return a >= 0 ? a / b : -((b - 1 - a) / b); }

void convolution_weight_gradient_run(
    const struct convolution_weight_gradient *part, long panel, long first_line, long last_line, float *sums,
    float *scratch, const float **table)
{
    const struct kernel_table *kernels = convolution_kernels();
    long lanes = kernels->lanes, first = panel * 2 * lanes, left = part->output_channels - first;
    long vectors = left <= lanes ? 1 : 2, panel_width = vectors * lanes;
    const float *gradient = part->gradient + first_line * part->width * part->gradient_stride + first;
    long gradient_stride = part->gradient_stride;
    if (left < panel_width) {
        pad_gradient(gradient, (last_line - first_line) * part->width, gradient_stride, left, panel_width, scratch);
        gradient = scratch;
        gradient_stride = panel_width;
    }
    // Blocks of nearly equal size: 64 channels are 11 + 11 + 11 + 11 + 10 + 10.
    long blocks = (part->channels + kernels->rows - 1) / kernels->rows;
    for (long a = 0; a < part->tap_row_count; a++) {
        for (long b = 0; b < part->tap_column_count; b++, sums += part->channels * panel_width) {
            // Pixels lo ..< hi of a line have this tap inside the image.
            long column = part->tap_columns[b];
            long lo = -floor_divide(column, part->stride);
            long hi = floor_divide(part->input_width - 1 - column, part->stride) + 1;
            if (lo < 0) lo = 0;
            if (hi > part->width) hi = part->width;
            if (lo >= hi) continue;
            struct outer_lines lines = {
                table, 0, hi - lo, 0, part->stride * part->input_stride, gradient_stride,
            };
            for (long line = first_line; line < last_line; line++) {
                long image = line / part->height;
                long y = line % part->height * part->stride + part->tap_rows[a];
                if (y < 0 || y >= part->input_height) continue;
                long pixel = (image * part->input_height + y) * part->input_width + lo * part->stride + column;
                table[2 * lines.count] = part->input + pixel * part->input_stride;
                table[2 * lines.count + 1] = gradient + ((line - first_line) * part->width + lo) * gradient_stride;
                lines.count++;
            }
            if (lines.count == 0) continue;
            for (long block = 0; block < blocks; block++) {
                lines.channel = part->channels * block / blocks;
                long end = part->channels * (block + 1) / blocks;
                kernels->outer(end - lines.channel, vectors, &lines, sums + lines.channel * panel_width);
            }
        }
    }
}

void convolution_weight_gradient_finish(
    const float *sums, long slots, long slot_stride, long panel, long output_channels, long depth, float *weight_gradient)
{
    long lanes = convolution_kernels()->lanes, first = panel * 2 * lanes, left = output_channels - first;
    long width = left <= lanes ? lanes : 2 * lanes, valid = left < width ? left : width;
    for (long block = 0; block < depth; block += 16) {
        long end = block + 16 < depth ? block + 16 : depth;
        for (long o = 0; o < valid; o++)
            for (long k = block; k < end; k++) {
                float sum = sums[k * width + o];
                for (long slot = 1; slot < slots; slot++) sum += sums[slot * slot_stride + k * width + o];
                weight_gradient[(first + o) * depth + k] = sum;
            }
    }
}
