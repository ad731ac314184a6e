// Depthwise convolution, channels last: vectors run over channels, four pixels share the loaded weights.
#include "include/depthwise.h"
#include "epilogue.h"
#include "kernel.h"

enum { together = 4 };

INLINE long ceiling_divide(long a, long b) { return a <= 0 ? -(-a / b) : (a + b - 1) / b; }

/// The taps first ..< last of a window that starts at `start` and stay inside 0 ..< size.
INLINE void taps_inside(long start, long size, long dilation, long kernel, long *first, long *last)
{
    *first = start >= 0 ? 0 : minimum(kernel, ceiling_divide(-start, dilation));
    *last = minimum(kernel, size - start <= 0 ? 0 : ceiling_divide(size - start, dilation));
}

/// Taps of a group of pixels that lie inside the image, in the tap's row and column.
struct window {
    const float *input;            // the group's first pixel at tap (0, 0), which may lie outside
    long row_step, column_step;    // floats from tap to tap
    long pixel_step;               // floats from pixel to pixel of the group
    long a0, a1, b0, b1;
};

/// One row of three taps of four pixels, all of them `step` floats apart: six inputs serve twelve products.
INLINE void sum_three_taps(const float *x, long step, const float *weight, long weight_step, vector *sums)
{
    const float *far = x + 3 * step;
    vector w0 = *(const vector *)weight, w1 = *(const vector *)(weight + weight_step);
    vector w2 = *(const vector *)(weight + 2 * weight_step);
    vector x0 = *(const vector *)x, x1 = *(const vector *)(x + step), x2 = *(const vector *)(x + 2 * step);
    vector x3 = *(const vector *)far, x4 = *(const vector *)(far + step), x5 = *(const vector *)(far + 2 * step);
    sums[0] += w0 * x0 + w1 * x1 + w2 * x2;
    sums[1] += w0 * x1 + w1 * x2 + w2 * x3;
    sums[2] += w0 * x2 + w1 * x3 + w2 * x4;
    sums[3] += w0 * x3 + w1 * x4 + w2 * x5;
    // The next four lie too far apart for the processor to foresee.
    for (int q = 0; q < together; q++) __builtin_prefetch(far + (3 + q) * step);
}

/// All channels of `pixels` neighbouring output pixels; `three` says that sum_three_taps holds.
INLINE void sum_pixels(
    const int pixels, const int three, const struct depthwise_shape *s, const struct window *w, const float *weight,
    long pixel, const struct convolution_epilogue *epilogue, float *output, long output_stride)
{
    long c = 0;
    for (; c + lanes <= s->channels; c += lanes) {
        vector sums[together];
        for (int q = 0; q < pixels; q++) sums[q] = (vector){0};
        for (long a = w->a0; a < w->a1; a++) {
            const float *x = w->input + a * w->row_step + c, *f = weight + a * s->kernel_width * s->channels + c;
            if (three) {
                sum_three_taps(x, w->pixel_step, f, s->channels, sums);
                continue;
            }
            for (long b = w->b0; b < w->b1; b++)
                for (int q = 0; q < pixels; q++)
                    sums[q] += *(const vector *)(f + b * s->channels)
                        * *(const vector *)(x + b * w->column_step + q * w->pixel_step);
        }
        finish_vectors(pixels, sums, c, pixel, epilogue, 0, output, output_stride);
    }
    for (; c < s->channels; c++)
        for (int q = 0; q < pixels; q++) {
            float sum = 0;
            for (long a = w->a0; a < w->a1; a++)
                for (long b = w->b0; b < w->b1; b++)
                    sum += weight[(a * s->kernel_width + b) * s->channels + c]
                        * w->input[a * w->row_step + b * w->column_step + q * w->pixel_step + c];
            finish_lane(sum, c, pixel + q, epilogue, 0, output + q * output_stride);
        }
}

/// Columns first ..< last of one output line; `output` is the place of column `first`.
INLINE void sum_line(
    const struct depthwise_shape *s, const float *input, const float *weight, long line, long first, long last,
    const struct convolution_epilogue *epilogue, float *output, long output_stride)
{
    long reach = (s->kernel_width - 1) * s->dilation_columns;
    long image = line / s->height, top = line % s->height * s->stride_rows - s->padding_rows;
    struct window w = {
        0, s->dilation_rows * s->input_width * s->channels, s->dilation_columns * s->channels,
        s->stride_columns * s->channels, 0, 0, 0, 0,
    };
    taps_inside(top, s->input_height, s->dilation_rows, s->kernel_height, &w.a0, &w.a1);
    for (long j = first; j < last;) {
        long left = j * s->stride_columns - s->padding_columns, pixel = line * s->width + j;
        long right = left + (together - 1) * s->stride_columns + reach;
        w.input = input + ((image * s->input_height + top) * s->input_width + left) * s->channels;
        float *target = output + (j - first) * output_stride;
        if (left >= 0 && right < s->input_width && j + together <= last) {
            w.b0 = 0;
            w.b1 = s->kernel_width;
            if (s->kernel_width == 3 && w.column_step == w.pixel_step)
                sum_pixels(together, 1, s, &w, weight, pixel, epilogue, target, output_stride);
            else
                sum_pixels(together, 0, s, &w, weight, pixel, epilogue, target, output_stride);
            j += together;
        } else {
            taps_inside(left, s->input_width, s->dilation_columns, s->kernel_width, &w.b0, &w.b1);
            sum_pixels(1, 0, s, &w, weight, pixel, epilogue, target, output_stride);
            j++;
        }
    }
}

KERNEL(void, pk_depthwise_forward, (const struct depthwise_shape *s, const float *input, const float *weight,
    long first_line, long last_line, long first, long last, const struct convolution_epilogue *epilogue, float *output,
    long output_stride), (s, input, weight, first_line, last_line, first, last, epilogue, output, output_stride))
{
    for (long line = first_line; line < last_line; line++, output += s->width * output_stride)
        sum_line(s, input, weight, line, first, last, epilogue, output, output_stride);
    finish_streams(epilogue);
}

INLINE void add_product(const float *restrict a, const float *restrict b, long count, float *restrict sums)
{
    long c = 0;
    for (; c + lanes <= count; c += lanes)
        *(vector *)(sums + c) += *(const vector *)(a + c) * *(const vector *)(b + c);
    for (; c < count; c++) sums[c] += a[c] * b[c];
}

KERNEL(void, pk_depthwise_data_gradient, (const struct depthwise_shape *s, const float *gradient, const float *weight,
    long first, long last, float *input_gradient), (s, gradient, weight, first, last, input_gradient))
{
    for (long line = first; line < last; line++) {
        long image = line / s->input_height, y = line % s->input_height;
        for (long x = 0; x < s->input_width; x++) {
            float *dx = input_gradient + (line * s->input_width + x) * s->channels;
            for (long c = 0; c < s->channels; c++) dx[c] = 0;
            for (long a = 0; a < s->kernel_height; a++) {
                long i = y + s->padding_rows - a * s->dilation_rows;
                if (i < 0 || i % s->stride_rows || i / s->stride_rows >= s->height) continue;
                long row = (image * s->height + i / s->stride_rows) * s->width;
                for (long b = 0; b < s->kernel_width; b++) {
                    long j = x + s->padding_columns - b * s->dilation_columns;
                    if (j < 0 || j % s->stride_columns || j / s->stride_columns >= s->width) continue;
                    const float *dy = gradient + (row + j / s->stride_columns) * s->channels;
                    add_product(dy, weight + (a * s->kernel_width + b) * s->channels, s->channels, dx);
                }
            }
        }
    }
}

/// Adds Σ over `pixels` neighbouring pixels of x · dY, for one tap and all channels.
INLINE void add_tap(const int pixels, long channels, const float *x, long pixel_step, const float *dy, float *total)
{
    long c = 0;
    for (; c + lanes <= channels; c += lanes) {
        vector sum = *(const vector *)(total + c);
        for (int q = 0; q < pixels; q++)
            sum += *(const vector *)(x + q * pixel_step + c) * *(const vector *)(dy + q * channels + c);
        *(vector *)(total + c) = sum;
    }
    for (; c < channels; c++)
        for (int q = 0; q < pixels; q++) total[c] += x[q * pixel_step + c] * dy[q * channels + c];
}

KERNEL(void, pk_depthwise_weight_gradient, (const struct depthwise_shape *s, const float *input, const float *gradient,
    long first, long last, float *sums), (s, input, gradient, first, last, sums))
{
    for (long line = first; line < last; line++) {
        long image = line / s->height, top = line % s->height * s->stride_rows - s->padding_rows;
        long a0, a1, step = s->stride_columns * s->channels;
        taps_inside(top, s->input_height, s->dilation_rows, s->kernel_height, &a0, &a1);
        for (long j = 0; j < s->width; j += together) {
            const float *dy = gradient + (line * s->width + j) * s->channels;
            long pixels = minimum(together, s->width - j);
            for (long a = a0; a < a1; a++) {
                long row = (image * s->input_height + top + a * s->dilation_rows) * s->input_width;
                for (long b = 0; b < s->kernel_width; b++) {
                    long left = j * s->stride_columns - s->padding_columns + b * s->dilation_columns;
                    long right = left + (together - 1) * s->stride_columns;
                    float *total = sums + (a * s->kernel_width + b) * s->channels;
                    if (pixels == together && left >= 0 && right < s->input_width) {
                        add_tap(together, s->channels, input + (row + left) * s->channels, step, dy, total);
                        continue;
                    }
                    for (long q = 0; q < pixels; q++) {
                        long x = left + q * s->stride_columns;
                        if (x < 0 || x >= s->input_width) continue;
                        add_tap(1, s->channels, input + (row + x) * s->channels, 0, dy + q * s->channels,
                            total);
                    }
                }
            }
        }
    }
}
