// Attention within windows: tokens are gathered by index, scores of one window and head exist at a time.
#include "include/window_attention.h"
#include "window_space.h"

long pk_window_count(const struct window_attention *attention)
{
    return windows_along(attention->height, attention->side) * windows_along(attention->width, attention->side);
}

long pk_window_row(long side) { return whole_vectors(side * side); }

void pk_window_bias(const float *table, long side, long heads, float *bias)
{
    long count = side * side, row = pk_window_row(side), span = 2 * side - 1;
    for (long head = 0; head < heads; head++)
        for (long query = 0; query < count; query++, bias += row) {
            for (long key = 0; key < count; key++) {
                long y = query / side - key / side + side - 1, x = query % side - key % side + side - 1;
                bias[key] = table[(y * span + x) * heads + head];
            }
            for (long key = count; key < row; key++) bias[key] = -INFINITY;
        }
}

size_t pk_window_scratch(long side, long depth, int backward)
{
    struct window_space space;
    return window_lay_out(&space, side, depth, backward, NULL);
}

STATIC_KERNEL(void, attend, (const struct window_attention *attention, const struct window_space *space, long head,
    float *y), (attention, space, head, y))
{
    long depth = attention->depth, width = space->depth, row = space->row, offset = head * depth;
    const float *bias = attention->bias + head * space->count * row;
    for (long i = 0; i < space->count; i++) {
        copy_channels(space->tokens[i] + 2 * space->channels + offset, depth, width, 1, space->v + i * width);
        for (long part = 0; part < 3; part++)
            for (long c = 0; c < depth; c += lanes)
                __builtin_prefetch(space->ahead[i] + part * space->channels + offset + c, 0, 2);
    }
    window_gather_columns(space, space->channels + offset, depth);
    long most = queries_at_once(space->count);
    for (long first = 0; first < space->query_count; first += most) {
        const long *queries = space->queries + first;
        long count = minimum(most, space->query_count - first);
        for (long i = 0; i < count; i++)
            copy_channels(space->tokens[queries[i]] + offset, depth, depth, attention->scale, space->q + i * width);
        window_product(count, row, depth, rows_of(space->q, width), space->columns, row, space->scores, row);
        window_exponentiate(space, bias, first, count, space->scores);
        window_product(
            count, width, space->count, rows_of(space->scores, row), space->v, width, space->o, width);
        for (long i = 0; i < count; i++) {
            float *target = y + space->positions[queries[i]] * space->channels + offset;
            copy_channels(space->o + i * width, depth, depth, space->sums[i], target);
        }
    }
}

void pk_window_attention_forward(
    const struct window_attention *attention, long first, long last, void *scratch, float *y)
{
    struct window_space space;
    long opened = -1;
    window_lay_out(&space, attention->side, attention->depth, 0, scratch);
    for (long pair = first; pair < last; pair++) {
        long window = pair / attention->heads;
        if (window != opened) window_open(attention, window, &space);
        opened = window;
        attend(attention, &space, pair % attention->heads, y);
    }
}
