// Depthwise convolution, channels last: vectors run over channels, weights of a block of channels stay in the first cache.
#include "include/depthwise.h"
#include "include/target.h"

enum { block = 64 };

static inline long minimum(long a, long b) { return a < b ? a : b; }

static inline long ceiling_divide(long a, long b) { return a <= 0 ? -(-a / b) : (a + b - 1) / b; }

/// The taps first ..< last of a window that starts at `start` and stay inside 0 ..< size.
static inline void taps_inside(long start, long size, long dilation, long kernel, long *first, long *last)
{
    *first = start >= 0 ? 0 : ceiling_divide(-start, dilation);
    *last = minimum(kernel, size - start <= 0 ? 0 : ceiling_divide(size - start, dilation));
}

/// The same line of code for whole blocks, whose size the compiler then knows, and for what is left.
#define FOR_BLOCK(n, body) \
    do { \
        if (n == block) \
            for (long c = 0; c < block; c++) body; \
        else \
            for (long c = 0; c < n; c++) body; \
    } while (0)

static inline __attribute__((always_inline)) void finish(
    const float *sums, long n, long channel, long pixel, const struct convolution_epilogue *epilogue, float *output)
{
    float y[block];
    FOR_BLOCK(n, y[c] = sums[c]);
    if (epilogue->scale) FOR_BLOCK(n, y[c] *= epilogue->scale[channel + c]);
    if (epilogue->shift) FOR_BLOCK(n, y[c] += epilogue->shift[channel + c]);
    if (epilogue->residual) {
        const float *residual = epilogue->residual + pixel * epilogue->residual_stride + channel;
        FOR_BLOCK(n, y[c] += residual[c]);
    }
    if (epilogue->relu) FOR_BLOCK(n, y[c] = y[c] <= 0 ? 0 : y[c]);
    FOR_BLOCK(n, output[c] = y[c]);
}

KERNEL_CLONES void depthwise_forward(
    const struct depthwise_shape *s, const float *input, const float *weight, long first, long last,
    const struct convolution_epilogue *epilogue, float *output, long output_stride)
{
    for (long line = first; line < last; line++) {
        long image = line / s->height, top = line % s->height * s->stride_rows - s->padding_rows, a0, a1;
        taps_inside(top, s->input_height, s->dilation_rows, s->kernel_height, &a0, &a1);
        for (long channel = 0; channel < s->channels; channel += block) {
            long n = minimum(block, s->channels - channel);
            for (long j = 0; j < s->width; j++) {
                long left = j * s->stride_columns - s->padding_columns, b0, b1;
                taps_inside(left, s->input_width, s->dilation_columns, s->kernel_width, &b0, &b1);
                float sums[block] = {0};
                for (long a = a0; a < a1; a++) {
                    long row = (image * s->input_height + top + a * s->dilation_rows) * s->input_width;
                    for (long b = b0; b < b1; b++) {
                        const float *x = input + (row + left + b * s->dilation_columns) * s->channels + channel;
                        const float *w = weight + (a * s->kernel_width + b) * s->channels + channel;
                        FOR_BLOCK(n, sums[c] += x[c] * w[c]);
                    }
                }
                long pixel = line * s->width + j;
                finish(sums, n, channel, pixel, epilogue, output + pixel * output_stride + channel);
            }
        }
    }
}

KERNEL_CLONES void depthwise_data_gradient(
    const struct depthwise_shape *s, const float *gradient, const float *weight, long first, long last,
    float *input_gradient)
{
    for (long line = first; line < last; line++) {
        long image = line / s->input_height, y = line % s->input_height;
        for (long channel = 0; channel < s->channels; channel += block) {
            long n = minimum(block, s->channels - channel);
            for (long x = 0; x < s->input_width; x++) {
                float sums[block] = {0};
                for (long a = 0; a < s->kernel_height; a++) {
                    long i = y + s->padding_rows - a * s->dilation_rows;
                    if (i < 0 || i % s->stride_rows || i / s->stride_rows >= s->height) continue;
                    long row = (image * s->height + i / s->stride_rows) * s->width;
                    for (long b = 0; b < s->kernel_width; b++) {
                        long j = x + s->padding_columns - b * s->dilation_columns;
                        if (j < 0 || j % s->stride_columns || j / s->stride_columns >= s->width) continue;
                        const float *dy = gradient + (row + j / s->stride_columns) * s->channels + channel;
                        const float *w = weight + (a * s->kernel_width + b) * s->channels + channel;
                        FOR_BLOCK(n, sums[c] += dy[c] * w[c]);
                    }
                }
                float *dx = input_gradient + (line * s->input_width + x) * s->channels + channel;
                FOR_BLOCK(n, dx[c] = sums[c]);
            }
        }
    }
}

KERNEL_CLONES void depthwise_weight_gradient(
    const struct depthwise_shape *s, const float *input, const float *gradient, long first, long last, float *target)
{
    for (long line = first; line < last; line++) {
        long image = line / s->height, top = line % s->height * s->stride_rows - s->padding_rows;
        for (long channel = 0; channel < s->channels; channel += block) {
            long n = minimum(block, s->channels - channel);
            for (long a = 0; a < s->kernel_height; a++) {
                long y = top + a * s->dilation_rows;
                if (y < 0 || y >= s->input_height) continue;
                for (long b = 0; b < s->kernel_width; b++) {
                    float sums[block] = {0};
                    long offset = b * s->dilation_columns - s->padding_columns;
                    for (long j = 0; j < s->width; j++) {
                        long x = j * s->stride_columns + offset;
                        if (x < 0 || x >= s->input_width) continue;
                        const float *source =
                            input + ((image * s->input_height + y) * s->input_width + x) * s->channels + channel;
                        const float *dy = gradient + (line * s->width + j) * s->channels + channel;
                        FOR_BLOCK(n, sums[c] += source[c] * dy[c]);
                    }
                    float *total = target + (a * s->kernel_width + b) * s->channels + channel;
                    FOR_BLOCK(n, total[c] += sums[c]);
                }
            }
        }
    }
}
