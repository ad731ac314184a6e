// The derivative of Winograd's F(2 × 2, 3 × 3) (Lavin & Gray 2016) by the weight: dW = Gᵀ [Σ (Bᵀ d B) ⊙ (A dY Aᵀ)] G
// over tiles of 2 × 2 pixels of dY and the 4 × 4 pixels of input under each, in 2.25 times fewer multiplications than
// direct sums. The signs are those of transform_input, transform_output and transform_weight.
#include "include/winograd_gradient.h"
#include "epilogue.h"
#include "outer_products.h"

enum { points = 4, plane_gap = 16 };

/// The four points of a line. A macro, since vectors are no arguments where registers are smaller.
#define STORE_POINTS(a, b, c, d) \
    *(vector *)(values + channel) = (a); \
    *(vector *)(values + plane + channel) = (b); \
    *(vector *)(values + 2 * plane + channel) = (c); \
    *(vector *)(values + 3 * plane + channel) = (d);

/// Row `row` of Bᵀ d B of one patch, all channels; point k goes to values + k · plane.
INLINE void input_row(
    const int row, const float *const *one, const float *const *other, long channels, float *values, long plane)
{
    for (long channel = 0; channel < channels; channel += lanes) {
        vector d[points];
        for (int j = 0; j < points; j++) {
            vector a = *(const vector *)(one[j] + channel), b = *(const vector *)(other[j] + channel);
            d[j] = row == 1 ? a + b : a - b;
        }
        STORE_POINTS(d[2] - d[0], d[1] + d[2], d[2] - d[1], d[3] - d[1])
    }
}

/// Row `row` of A dY Aᵀ of one tile, `count` channels.
INLINE void gradient_row(
    const int row, const float *const *top, const float *const *bottom, long count, float *values, long plane)
{
    for (long channel = 0; channel < count; channel += lanes) {
        vector d[2];
        for (int j = 0; j < 2; j++) {
            vector a = *(const vector *)(top[j] + channel), b = *(const vector *)(bottom[j] + channel);
            d[j] = row == 0 ? a : row == 1 ? a + b : row == 2 ? a - b : b;
        }
        STORE_POINTS(d[0], d[0] + d[1], d[0] - d[1], d[1])
    }
}

INLINE const float *pixel_of(const float *map, long height, long width, long stride, long image, long y, long x,
    const float *zeros)
{
    int inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? map + ((image * height + y) * width + x) * stride : zeros;
}

/// The rows of a patch that row `row` of the points is made of: the first, minus the second (plus, in row 1).
static const int first_lines[points] = {2, 1, 2, 3}, second_lines[points] = {0, 2, 1, 1};

STATIC_KERNEL(void, transform_rows, (const struct winograd_gradient *pass, long first, long last, long row,
    long first_output, long last_output, float *values, long plane, float *gradients, long gradient_plane), (pass,
    first, last, row, first_output, last_output, values, plane, gradients, gradient_plane))
{
    long columns = (pass->width + 1) / 2, rows = (pass->height + 1) / 2;
    long step = row_step(pass->channels), gradient_step = row_step(last_output - first_output);
    for (long index = first; index < last; index++, values += step, gradients += gradient_step) {
        long image = index / columns / rows, y = index / columns % rows * 2, x = index % columns * 2;
        const float *one[points], *other[points], *top[2], *bottom[2];
        for (int j = 0; j < points; j++) {
            long line = y - pass->padding, column = x - pass->padding + j;
            one[j] = pixel_of(pass->input, pass->input_height, pass->input_width, pass->channels, image,
                line + first_lines[row], column, pass->zeros);
            other[j] = pixel_of(pass->input, pass->input_height, pass->input_width, pass->channels, image,
                line + second_lines[row], column, pass->zeros);
        }
        for (int j = 0; j < 2; j++) {
            top[j] = pixel_of(pass->gradient + first_output, pass->height, pass->width, pass->output_channels, image, y,
                x + j, pass->zeros);
            bottom[j] = pixel_of(pass->gradient + first_output, pass->height, pass->width, pass->output_channels, image,
                y + 1, x + j, pass->zeros);
        }
        if (row == 1)
            input_row(1, one, other, pass->channels, values, plane);
        else
            input_row(0, one, other, pass->channels, values, plane);
        long count = last_output - first_output;
        switch (row) {
            case 0: gradient_row(0, top, bottom, count, gradients, gradient_plane); break;
            case 1: gradient_row(1, top, bottom, count, gradients, gradient_plane); break;
            case 2: gradient_row(2, top, bottom, count, gradients, gradient_plane); break;
            default: gradient_row(3, top, bottom, count, gradients, gradient_plane);
        }
    }
}

static long plane_of(long channels) { return pk_winograd_gradient_chunk * row_step(channels) + plane_gap; }

/// Floats from point to point of the sums: those of one channel fall on different sets of the cache.
static long sum_plane(long channels, long output_channels) { return channels * output_channels + plane_gap; }

long pk_winograd_gradient_scratch_count(long channels, long output_channels)
{
    return points * (plane_of(channels) + plane_of(output_channels));
}

long pk_winograd_gradient_sum_count(long channels, long output_channels)
{
    return points * points * sum_plane(channels, output_channels);
}

void pk_winograd_gradient_run(
    const struct winograd_gradient *pass, long first, long last, long first_row, long last_row, long first_output,
    long last_output, float *sums, float *scratch)
{
    long count = last_output - first_output, plane = plane_of(pass->channels), gradient_plane = plane_of(count);
    long sum_step = sum_plane(pass->channels, pass->output_channels);
    float *gradients = scratch + points * plane;
    for (long tile = first; tile < last; tile += pk_winograd_gradient_chunk) {
        long end = minimum(last, tile + pk_winograd_gradient_chunk);
        for (long row = first_row; row < last_row; row++) {
            transform_rows(pass, tile, end, row, first_output, last_output, scratch, plane, gradients, gradient_plane);
            for (long k = 0; k < points; k++) {
                struct product_rows left = {gradients + k * gradient_plane, row_step(count), count};
                struct product_rows right = {scratch + k * plane, row_step(pass->channels), pass->channels};
                struct fetched_runs none = {0};
                pk_add_outer_products(
                    &left, &right, end - tile, tile == first, pass->output_channels, first_output,
                    sums + (row * points + k) * sum_step, &none);
            }
        }
    }
}

/// Gᵀ t: four points to three taps, `step` vectors apart.
INLINE void transform_taps(const vector *t, const int step, vector *g, const int target_step)
{
    vector sum = 0.5f * (t[step] + t[2 * step]);
    g[0] = sum - t[0];
    g[target_step] = 0.5f * (t[step] - t[2 * step]);
    g[2 * target_step] = sum + t[3 * step];
}

/// Adds channels c ..< c + 16 of one output channel: of one panel, or of two where panels have eight.
INLINE void add_channels(
    const float *sums, long whole, long channels, long output_channels, long o, long c, vector *total)
{
    if (whole >= lanes) {
        long panel = c / whole * whole, width = minimum(whole, channels - panel);
        *total += *(const vector *)(sums + panel * output_channels + o * width + c - panel);
        return;
    }
    for (int i = 0; i < lanes; i++) {
        long panel = (c + i) / whole * whole;
        ((float *)total)[i] += sums[panel * output_channels + o * whole + c + i - panel];
    }
}

KERNEL(void, pk_winograd_gradient_finish, (const float *sums, long slots, long slot_stride, long channels,
    long output_channels, long first_output, long last_output, float *weight_gradient), (sums, slots, slot_stride,
    channels, output_channels, first_output, last_output, weight_gradient))
{
    long step = sum_plane(channels, output_channels), whole = pk_convolution_panel_width();
    for (long o = first_output; o < last_output; o++)
        for (long c = 0; c < channels; c += lanes) {
            vector total[points * points] = {0}, rows[3 * points], taps[9];
#pragma clang loop unroll(full)
            for (int k = 0; k < points * points; k++)
                for (long slot = 0; slot < slots; slot++)
                    add_channels(
                        sums + slot * slot_stride + k * step, whole, channels, output_channels, o, c, &total[k]);
#pragma clang loop unroll(full)
            for (int j = 0; j < points; j++) transform_taps(total + j, points, rows + j, points);
#pragma clang loop unroll(full)
            for (int i = 0; i < 3; i++) transform_taps(rows + i * points, 1, taps + 3 * i, 1);
#pragma clang loop unroll(full)
            for (int k = 0; k < 9; k++) *(vector *)(weight_gradient + (o * 9 + k) * channels + c) = taps[k];
        }
}
