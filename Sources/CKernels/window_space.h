// What attention within windows works in, on one thread.
#pragma once
#include "include/window_attention.h"
#include "register_product.h"
#include "window_vectors.h"

/// The tokens of a window, and matrices of one head.
struct window_space {
    long count, row, depth, channels;           // tokens; floats of a row of scores and of channels; C
    const float **tokens, **ahead;              // q | k | v of each, and of those of the next window
    long *positions;                            // its place in the image, −1 where it is padded
    long *queries, query_count;                 // tokens that are not padded
    int *regions, is_mixed;                     // of a rolled window; whether there are several
    float *q, *k, *v, *o, *gradient;            // rows of channels; dY
    float *columns;                             // keys or values: rows of tokens
    float *scores, *score_gradient, *sums;
};

INLINE long whole_vectors(long count) { return (count + lanes - 1) / lanes * lanes; }
INLINE long windows_along(long tokens, long side) { return (tokens + side - 1) / side; }

INLINE struct strided_matrix rows_of(const float *data, long row) { return (struct strided_matrix){data, row, 1}; }
INLINE struct strided_matrix columns_of(const float *data, long row) { return (struct strided_matrix){data, 1, row}; }

/// Queries whose scores are made together, in tiles of equal height: they stay in the first cache.
INLINE long queries_at_once(long count)
{
    long tiles = (count + 7) / 8;
    return minimum(count, 3 * ((count + tiles - 1) / tiles));
}

/// Divides `memory`; returns the bytes that it takes. Without gradients only `queries_at_once` have scores.
size_t window_lay_out(struct window_space *space, long side, long depth, int backward, char *memory);
/// Finds the tokens of a window, and of the one after it.
void window_open(const struct window_attention *attention, long window, struct window_space *space);
/// columns[c] = channel offset + c of the window's tokens, zeros beyond the last.
void window_gather_columns(const struct window_space *space, long offset, long depth);
/// c = a · b for `rows` rows of `columns` floats, a multiple of sixteen.
void window_product(
    long rows, long columns, long depth, struct strided_matrix a, const float *b, long b_row, float *c, long c_row);
/// Makes rows of scores, those of `count` queries from `first` on, e^(score + bias + mask − the row's maximum), and
/// writes the inverse of their sums.
void window_exponentiate(const struct window_space *space, const float *bias, long first, long count, float *scores);

/// y = x · factor for `depth` channels, zeros from there to `width`.
INLINE void copy_channels(const float *x, long depth, long width, float factor, float *y)
{
    long c = 0;
    for (; c + lanes <= depth; c += lanes) *(vector *)(y + c) = *(const vector *)(x + c) * factor;
#pragma clang loop vectorize(disable)
    for (; c < width; c++) y[c] = c < depth ? x[c] * factor : 0;
}
