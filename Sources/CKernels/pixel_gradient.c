// The weight gradient of a 1×1 convolution: one sum of outer products. Some hundred pixels are first copied to rows
// that lie an odd number of cache lines apart; the next ones are fetched while the products are computed, since reading
// them takes as long as the products of few channels.
#include "include/pixel_gradient.h"
#include "outer_products.h"
#include "vectors.h"

/// Pixels and bytes that are copied at once.
enum { most_pixels = 256, least_pixels = 16, copied_bytes = 256 << 10 };

static long chunk_of(long channels, long output_channels)
{
    long bytes = 4 * (row_step(channels) + row_step(output_channels));
    return maximum(least_pixels, minimum(most_pixels, copied_bytes / bytes));
}

long pk_pixel_gradient_scratch_count(long channels, long output_channels)
{
    return chunk_of(channels, output_channels) * (row_step(channels) + row_step(output_channels)) + lanes;
}

long pk_pixel_gradient_sum_count(long channels, long output_channels)
{
    return pk_convolution_packed_count(channels, output_channels);
}

STATIC_KERNEL(void, copy_rows, (const float *restrict source, long stride, long rows, long count,
    float *restrict target, long step), (source, stride, rows, count, target, step))
{
    for (long row = 0; row < rows; row++, source += stride, target += step) {
        long c = 0;
        for (; c + lanes <= count; c += lanes) *(vector *)(target + c) = *(const vector *)(source + c);
        for (; c < count; c++) target[c] = source[c];
    }
}

/// Copies channels [first, last) of the input under pixels of dY.
static void copy_input(
    const struct pixel_gradient *pass, long pixel, long end, long first, long last, float *target, long step)
{
    while (pixel < end) {
        long line = pixel / pass->width, x = pixel % pass->width, count = minimum(end - pixel, pass->width - x);
        long y = line / pass->height * pass->input_height + line % pass->height * pass->stride;
        const float *source = pass->input + (y * pass->input_width + x * pass->stride) * pass->channels + first;
        copy_rows(source, pass->stride * pass->channels, count, last - first, target, step);
        target += count * step;
        pixel += count;
    }
}

static void fetch_pixels(const struct pixel_gradient *pass, long first, long last, struct fetched_runs *fetched)
{
    fetched->starts[0] = pass->input + first * pass->channels;
    fetched->lines[0] = (last - first) * pass->channels / lanes;
    fetched->starts[1] = pass->gradient + first * pass->output_channels;
    fetched->lines[1] = (last - first) * pass->output_channels / lanes;
}

void pk_pixel_gradient_run(
    const struct pixel_gradient *pass, long first, long last, const struct pixel_gradient_part *part, float *sums,
    float *scratch)
{
    long channels = part->last_channel - part->first_channel, outputs = part->last_output - part->first_output;
    long chunk = chunk_of(channels, outputs);
    float *gradients = scratch + chunk * row_step(channels);
    struct product_rows left = {gradients, row_step(outputs), outputs}, right = {scratch, row_step(channels), channels};
    int is_whole = channels == pass->channels && outputs == pass->output_channels && pass->stride == 1;
    for (long pixel = first; pixel < last; pixel += chunk) {
        long end = minimum(last, pixel + chunk);
        copy_input(pass, pixel, end, part->first_channel, part->last_channel, scratch, right.step);
        copy_rows(
            pass->gradient + pixel * pass->output_channels + part->first_output, pass->output_channels, end - pixel,
            outputs, gradients, left.step);
        struct fetched_runs fetched = {0};
        if (is_whole) fetch_pixels(pass, end, minimum(last, end + chunk), &fetched);
        pk_add_outer_products(
            &left, &right, end - pixel, pixel == first, pass->output_channels, part->first_output,
            sums + part->first_channel * pass->output_channels, &fetched);
    }
}

KERNEL(void, pk_pixel_gradient_finish, (const float *restrict sums, long slots, long slot_stride, long channels,
    long output_channels, long first_output, long last_output, float *restrict weight_gradient), (sums, slots,
    slot_stride, channels, output_channels, first_output, last_output, weight_gradient))
{
    long whole = pk_convolution_panel_width();
    for (long o = first_output; o < last_output; o++)
        for (long first = 0; first < channels; first += whole) {
            long width = pk_convolution_panel_lanes(first / whole, channels), count = minimum(width, channels - first);
            const float *sum = sums + first * output_channels + o * width;
            float *target = weight_gradient + o * channels + first;
            for (long c = 0; c < count; c++) target[c] = sum[c];
            for (long slot = 1; slot < slots; slot++)
                for (long c = 0; c < count; c++) target[c] += sum[slot * slot_stride + c];
        }
}
