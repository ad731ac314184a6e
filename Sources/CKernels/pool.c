// Pooling and sums over pixels, channels last: vectors run over channels.
#include "include/pool.h"
#include "kernel.h"
#include "vector_lanes.h"
#include <string.h>

/// The place along one axis whose window has its `tap` on input place `at`, of `count` places; −1: none.
INLINE long window_place(const struct pool_shape *s, long at, long tap, long count)
{
    long offset = at + s->padding - tap;
    return offset < 0 || offset % s->stride || offset / s->stride >= count ? -1 : offset / s->stride;
}

/// Takes one more pixel of a window into its output, from channel `first` on. The larger of two: a NaN wins, and stays.
INLINE void take_pixel(
    const int is_maximum, const float *x, long first, long channels, uint8_t place, float *y, uint8_t *tap)
{
    if (!is_maximum) {
        for (long c = first; c < channels; c++) y[c] += x[c];
    } else if (tap) {
        for (long c = first; c < channels; c++) {
            int larger = x[c] > y[c] || x[c] != x[c];
            y[c] = larger ? x[c] : y[c];
            tap[c] = larger ? place : tap[c];
        }
    } else {
        for (long c = first; c < channels; c++) y[c] = x[c] > y[c] || x[c] != x[c] ? x[c] : y[c];
    }
}

/// The part of a window that lies inside the image: its first pixel, and how many rows and columns it has.
struct inner_window {
    const float *x;
    long row_step, column_step, rows, columns;
};

/// `count` vectors of channels of one output pixel, which stay in registers while the window passes.
INLINE void pool_vectors(const int is_maximum, const int count, const struct inner_window *w, long c, float share,
    float *y)
{
    vector values[4];
    for (int v = 0; v < count; v++) values[v] = is_maximum ? *(const vector *)(w->x + c + v * lanes) : (vector){0};
    for (long a = 0; a < w->rows; a++)
        for (long b = 0; b < w->columns; b++)
            for (int v = 0; v < count; v++) {
                vector x = *(const vector *)(w->x + a * w->row_step + b * w->column_step + c + v * lanes);
                if (is_maximum) {
                    mask larger = (x > values[v]) | (x != x);
                    values[v] = CHOSEN(larger, x, values[v]);
                } else
                    values[v] += x;
            }
    for (int v = 0; v < count; v++) *(vector *)(y + c + v * lanes) = is_maximum ? values[v] : values[v] * share;
}

/// All whole vectors of channels; returns the first channel beyond them.
INLINE long pool_whole_vectors(
    const int is_maximum, const struct inner_window *w, long channels, float share, float *y)
{
    long c = 0;
    for (; c + 4 * lanes <= channels; c += 4 * lanes) pool_vectors(is_maximum, 4, w, c, share, y);
    for (; c + lanes <= channels; c += lanes) pool_vectors(is_maximum, 1, w, c, share, y);
    return c;
}

/// Lines first ..< last of the maxima, with their places where `taps` is given, or of the means.
INLINE void pool(const int is_maximum, const struct pool_shape *s, const float *input, long first, long last,
    float *output, long output_stride, uint8_t *taps)
{
    float share = 1.0f / (float)(s->kernel * s->kernel);
    for (long line = first; line < last; line++) {
        long image = line / s->height, top = line % s->height * s->stride - s->padding;
        for (long j = 0; j < s->width; j++) {
            long left = j * s->stride - s->padding, started = !is_maximum;
            long a0 = maximum(0, -top), b0 = maximum(0, -left);
            long a1 = minimum(s->kernel, s->input_height - top), b1 = minimum(s->kernel, s->input_width - left);
            float *y = output + (line * s->width + j) * output_stride;
            uint8_t *tap = taps ? taps + (line * s->width + j) * s->channels : 0;
            const float *window = input + ((image * s->input_height + top) * s->input_width + left) * s->channels;
            const long row_step = s->input_width * s->channels;
            struct inner_window w = {
                window + a0 * row_step + b0 * s->channels, row_step, s->channels, a1 - a0, b1 - b0,
            };
            // Places are kept by the loop over pixels alone.
            long done = tap ? 0 : pool_whole_vectors(is_maximum, &w, s->channels, share, y);
            if (done == s->channels) continue;
            if (!is_maximum) memset(y + done, 0, (s->channels - done) * sizeof(float));
            for (long a = a0; a < a1; a++)
                for (long b = b0; b < b1; b++) {
                    const float *x = window + a * row_step + b * s->channels;
                    uint8_t place = (uint8_t)(a * s->kernel + b);
                    if (started) {
                        take_pixel(is_maximum, x, done, s->channels, place, y, tap);
                        continue;
                    }
                    memcpy(y + done, x + done, (s->channels - done) * sizeof(float));
                    if (tap) memset(tap, place, s->channels);
                    started = 1;
                }
            if (!is_maximum)
                for (long c = done; c < s->channels; c++) y[c] *= share;
        }
    }
}

/// Lines first ..< last of dX: each pixel gathers from the windows that held it, of maxima from those it was chosen in.
INLINE void gather(const int is_maximum, const struct pool_shape *s, const float *gradient, const uint8_t *taps,
    long first, long last, float *input_gradient)
{
    float share = 1.0f / (float)(s->kernel * s->kernel);
    for (long line = first; line < last; line++) {
        long image = line / s->input_height, y = line % s->input_height;
        for (long x = 0; x < s->input_width; x++) {
            float *dx = input_gradient + (line * s->input_width + x) * s->channels;
            memset(dx, 0, s->channels * sizeof(float));
            for (long a = 0; a < s->kernel; a++) {
                long i = window_place(s, y, a, s->height);
                if (i < 0) continue;
                for (long b = 0; b < s->kernel; b++) {
                    long j = window_place(s, x, b, s->width);
                    if (j < 0) continue;
                    long pixel = (image * s->height + i) * s->width + j;
                    const float *dy = gradient + pixel * s->channels;
                    if (is_maximum) {
                        const uint8_t *tap = taps + pixel * s->channels;
                        uint8_t place = (uint8_t)(a * s->kernel + b);
                        for (long c = 0; c < s->channels; c++) dx[c] += tap[c] == place ? dy[c] : 0;
                    } else {
                        for (long c = 0; c < s->channels; c++) dx[c] += dy[c] * share;
                    }
                }
            }
        }
    }
}

KERNEL(void, pk_pool_forward, (const struct pool_shape *s, const float *input, long first, long last, float *output,
    long output_stride, uint8_t *taps), (s, input, first, last, output, output_stride, taps))
{
    if (s->is_maximum)
        pool(1, s, input, first, last, output, output_stride, taps);
    else
        pool(0, s, input, first, last, output, output_stride, 0);
}

KERNEL(void, pk_pool_backward, (const struct pool_shape *s, const float *gradient, const uint8_t *taps, long first,
    long last, float *input_gradient), (s, gradient, taps, first, last, input_gradient))
{
    if (s->is_maximum)
        gather(1, s, gradient, taps, first, last, input_gradient);
    else
        gather(0, s, gradient, 0, first, last, input_gradient);
}

KERNEL(void, pk_column_sums, (const float *values, long rows, long stride, long channels, float *sums), (values, rows,
    stride, channels, sums))
{
    memset(sums, 0, channels * sizeof(float));
    for (long row = 0; row < rows; row++) {
        const float *x = values + row * stride;
        for (long c = 0; c < channels; c++) sums[c] += x[c];
    }
}
