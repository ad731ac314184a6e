// Pooling and sums over pixels, channels last: vectors run over channels.
#include "include/pool.h"
#include "vector_lanes.h"
#include <string.h>

/// The place along one axis whose window has its `tap` on input place `at`, of `count` places; −1: none.
INLINE long window_place(const struct pool_shape *s, long at, long tap, long count)
{
    long offset = at + s->padding - tap;
    return offset < 0 || offset % s->stride || offset / s->stride >= count ? -1 : offset / s->stride;
}

/// The part of a window that lies inside: rows and columns first ..< last of it, and its first input pixel.
struct window {
    long first_row, last_row, first_column, last_column;
    const float *pixels;
};

INLINE struct window window_of(const struct pool_shape *s, long line, long column, const float *input)
{
    long top = line % s->height * s->stride - s->padding, left = column * s->stride - s->padding;
    struct window w = {
        maximum(0, -top), minimum(s->kernel, s->input_height - top), maximum(0, -left),
        minimum(s->kernel, s->input_width - left), 0,
    };
    long row = line / s->height * s->input_height + top + w.first_row;
    w.pixels = input + (row * s->input_width + left + w.first_column) * s->channels;
    return w;
}

/// Sixteen channels of a window's maximum, and where `tap` is given its place: the first of the largest. A NaN wins,
/// and stays.
INLINE void take_maxima(const struct pool_shape *s, const struct window *w, long c, float *y, uint8_t *tap)
{
    vector most = *(const vector *)(w->pixels + c);
    mask place = (mask){0} + (int)(w->first_row * s->kernel + w->first_column);
    for (long a = w->first_row; a < w->last_row; a++) {
        const float *line = w->pixels + (a - w->first_row) * s->input_width * s->channels + c;
        for (long b = w->first_column; b < w->last_column; b++, line += s->channels) {
            vector x = *(const vector *)line;
            mask larger = (x > most) | (x != x), here = (mask){0} + (int)(a * s->kernel + b);
            most = CHOSEN(larger, x, most);
            place = (here & larger) | (place & ~larger);
        }
    }
    *(vector *)(y + c) = most;
    if (tap)
        for (int i = 0; i < lanes; i++) tap[c + i] = (uint8_t)place[i];
}

/// The same of one channel.
INLINE void take_maximum(const struct pool_shape *s, const struct window *w, long c, float *y, uint8_t *tap)
{
    y[c] = w->pixels[c];
    if (tap) tap[c] = (uint8_t)(w->first_row * s->kernel + w->first_column);
    for (long a = w->first_row; a < w->last_row; a++)
        for (long b = w->first_column; b < w->last_column; b++) {
            float x = w->pixels[((a - w->first_row) * s->input_width + b - w->first_column) * s->channels + c];
            if (!(x > y[c] || x != x)) continue;
            y[c] = x;
            if (tap) tap[c] = (uint8_t)(a * s->kernel + b);
        }
}

/// The means of a window's channels, sixteen at a time in registers.
INLINE void take_means(const struct pool_shape *s, const struct window *w, float *y)
{
    const float share = 1.0f / (float)(s->kernel * s->kernel);
    const long rows = w->last_row - w->first_row, columns = w->last_column - w->first_column;
    long c = 0;
    for (; c + lanes <= s->channels; c += lanes) {
        vector sum = {0};
        for (long a = 0; a < rows; a++)
            for (long b = 0; b < columns; b++)
                sum += *(const vector *)(w->pixels + (a * s->input_width + b) * s->channels + c);
        *(vector *)(y + c) = sum * share;
    }
    for (; c < s->channels; c++) {
        float sum = 0;
        for (long a = 0; a < rows; a++)
            for (long b = 0; b < columns; b++) sum += w->pixels[(a * s->input_width + b) * s->channels + c];
        y[c] = sum * share;
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
    output += first * s->width * output_stride;
    for (long place = first * s->width; place < last * s->width; place++, output += output_stride) {
        struct window w = window_of(s, place / s->width, place % s->width, input);
        if (!s->is_maximum) {
            take_means(s, &w, output);
            continue;
        }
        uint8_t *tap = taps ? taps + place * s->channels : 0;
        long c = 0;
        for (; c + lanes <= s->channels; c += lanes) take_maxima(s, &w, c, output, tap);
        for (; c < s->channels; c++) take_maximum(s, &w, c, output, tap);
    }
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
