// Gradients of attention within windows; scores are computed again.
#include "include/window_attention.h"
#include "window_space.h"
#include <string.h>

long pk_window_sums(long side, long depth) { return side * side * pk_window_row(side) + 3 * depth; }

/// P = e^… / Σ and dS = P · (dP − Σ dP · P) for all queries, in place; d(bias) += dS.
STATIC_KERNEL(void, differentiate, (const struct window_space *space, float *bias_gradient), (space, bias_gradient))
{
    long row = space->row;
    for (long r = 0; r < space->query_count; r++) {
        float *p = space->scores + r * row, *s = space->score_gradient + r * row;
        float *target = bias_gradient + space->queries[r] * row;
        vector along = (vector){0};
        for (long i = 0; i < row; i += lanes) {
            vector probability = *(vector *)(p + i) * space->sums[r];
            *(vector *)(p + i) = probability;
            along += probability * *(vector *)(s + i);
        }
        float mean = sum_of_lanes(&along);
        for (long i = 0; i < row; i += lanes) {
            vector gradient = *(vector *)(p + i) * (*(vector *)(s + i) - mean);
            *(vector *)(s + i) = gradient;
            *(vector *)(target + i) += gradient;
        }
    }
}

/// Adds what the window's padded tokens got to `sums`, and writes what the others got.
static void scatter(
    const struct window_space *space, const float *rows, long depth, long offset, float *gradient, float *sums)
{
    for (long i = 0; i < space->count; i++, rows += space->depth) {
        long position = space->positions[i];
        if (position >= 0)
            copy_channels(rows, depth, depth, 1, gradient + position * 3 * space->channels + offset);
        else
            for (long c = 0; c < depth; c++) sums[c] += rows[c];
    }
}

STATIC_KERNEL(void, attend_backward, (const struct window_attention *attention, const struct window_space *space,
    long head, const float *dy, float *dqkv, float *sums), (attention, space, head, dy, dqkv, sums))
{
    long depth = attention->depth, width = space->depth, row = space->row, offset = head * depth;
    long queries = space->query_count, channels = space->channels;
    float *padding = sums + space->count * row;
    for (long i = 0; i < space->count; i++) {
        copy_channels(space->tokens[i] + channels + offset, depth, width, 1, space->k + i * width);
        for (long part = 0; part < 3; part++)
            for (long c = 0; c < depth; c += lanes)
                __builtin_prefetch(space->ahead[i] + part * channels + offset + c, 0, 2);
    }
    for (long i = 0; i < queries; i++) {
        const float *query = space->tokens[space->queries[i]] + offset;
        const float *gradient = dy + space->positions[space->queries[i]] * channels + offset;
        copy_channels(query, depth, width, attention->scale, space->q + i * width);
        copy_channels(gradient, depth, width, 1, space->gradient + i * width);
    }
    window_gather_columns(space, channels + offset, depth);
    window_product(queries, row, depth, rows_of(space->q, width), space->columns, row, space->scores, row);
    window_exponentiate(space, attention->bias + head * space->count * row, 0, queries, space->scores);
    window_gather_columns(space, 2 * channels + offset, depth);
    window_product(
        queries, row, depth, rows_of(space->gradient, width), space->columns, row, space->score_gradient, row);
    differentiate(space, sums);

    // dq = dS · k · scale; dk = dSᵀ · q; dv = Pᵀ · dy.
    struct strided_matrix scores = rows_of(space->score_gradient, row);
    window_product(queries, width, space->count, scores, space->k, width, space->o, width);
    for (long i = 0; i < queries; i++) {
        float *target = dqkv + space->positions[space->queries[i]] * 3 * channels + offset;
        copy_channels(space->o + i * width, depth, depth, attention->scale, target);
    }
    scores = columns_of(space->score_gradient, row);
    window_product(space->count, width, queries, scores, space->q, width, space->o, width);
    scatter(space, space->o, depth, channels + offset, dqkv, padding + depth);
    scores = columns_of(space->scores, row);
    window_product(space->count, width, queries, scores, space->gradient, width, space->o, width);
    scatter(space, space->o, depth, 2 * channels + offset, dqkv, padding + 2 * depth);
}

void pk_window_attention_backward(
    const struct window_attention *attention, long head, long first, long last, const float *dy, void *scratch,
    float *dqkv, float *sums)
{
    struct window_space space;
    window_lay_out(&space, attention->side, attention->depth, 1, scratch);
    for (long window = first; window < last; window++) {
        window_open(attention, window, &space);
        attend_backward(attention, &space, head, dy, dqkv, sums);
    }
}

void pk_window_table_gradient(
    const float *sums, long count, long stride, long side, long heads, double *scratch, float *table_gradient)
{
    long row = pk_window_row(side), span = 2 * side - 1;
    memset(scratch, 0, (size_t)(span * span) * sizeof *scratch);
    for (; count > 0; count--, sums += stride)
        for (long query = 0; query < side * side; query++)
            for (long key = 0; key < side * side; key++) {
                long y = query / side - key / side + side - 1, x = query % side - key % side + side - 1;
                scratch[y * span + x] += sums[query * row + key];
            }
    for (long i = 0; i < span * span; i++) table_gradient[i * heads] = (float)scratch[i];
}
