// The running arg-max of PEM-CA: similarities are looked at in registers, and never kept.
#include "include/prototypes.h"
#include "kernel.h"
#include "vector_lanes.h"

enum { block = 1024 };

long pk_prototypes_row(long queries) { return (queries + lanes - 1) / lanes * lanes; }

KERNEL(int, pk_prototypes_any_allowed, (const float *mask_logits, long count), (mask_logits, count))
{
    for (long first = 0; first < count; first += block) {
        long last = first + block < count ? first + block : count;
        int allowed = 0;
        for (long i = first; i < last; i++) allowed |= !(mask_logits[i] < 0.0f);
        if (allowed) return 1;
    }
    return 0;
}

KERNEL(void, pk_prototypes_starts, (const float *restrict mask_logits, long pixels, long queries, long row,
    float *restrict starts), (mask_logits, pixels, queries, row, starts))
{
    for (long p = 0; p < pixels; p++, mask_logits += queries, starts += row) {
        for (long q = 0; q < queries; q++) starts[q] = mask_logits[q] < 0.0f ? -INFINITY : 0.0f;
        for (long q = queries; q < row; q++) starts[q] = -INFINITY;
    }
}

/// What a search looks at: see pk_prototypes_search.
struct search {
    const float *keys;
    long stride, depth;
    const float *queries;
    long row;
    const float *starts;
    long start_step, first;
    float *best;
    int *index;
};

/// `pixels` pixels and `vectors` vectors of queries: similarities never leave the registers.
INLINE void search_tile(const int pixels, const int vectors, const struct search *s, long p, long q)
{
    const float *keys = s->keys + p * s->stride, *starts = s->starts + p * s->start_step + q;
    const float *queries = s->queries + q;
    vector sums[6][4];
#pragma clang loop unroll(full)
    for (int i = 0; i < pixels; i++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[i][v] = *(const vector *)(starts + i * s->start_step + v * lanes);
#pragma clang loop unroll_count(2)
    for (long k = 0; k < s->depth; k++, queries += s->row) {
        vector columns[4];
        for (int v = 0; v < vectors; v++) columns[v] = *(const vector *)(queries + v * lanes);
#pragma clang loop unroll(full)
        for (int i = 0; i < pixels; i++)
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[i][v] += keys[i * s->stride + k] * columns[v];
    }
#pragma clang loop unroll(full)
    for (int v = 0; v < vectors; v++) {
        vector most = *(const vector *)(s->best + q + v * lanes);
        mask place = *(const mask *)(s->index + q + v * lanes);
#pragma clang loop unroll(full)
        for (int i = 0; i < pixels; i++) {
            mask better = sums[i][v] > most, position = (mask){0} + (int)(s->first + p + i);
            most = CHOSEN(better, sums[i][v], most);
            place = (position & better) | (place & ~better);
        }
        *(vector *)(s->best + q + v * lanes) = most;
        *(mask *)(s->index + q + v * lanes) = place;
    }
}

/// All queries in search of the next `pixels` pixels, `vectors` vectors of them at a time.
INLINE void search_queries(const int pixels, const int vectors, const struct search *s, long p)
{
    long q = 0;
    for (; q + vectors * lanes <= s->row; q += vectors * lanes) search_tile(pixels, vectors, s, p, q);
    long rest = (s->row - q) / lanes;
    if (vectors > 3 && rest == 3) search_tile(pixels, 3, s, p, q);
    if (vectors > 2 && rest == 2) search_tile(pixels, 2, s, p, q);
    if (vectors > 1 && rest == 1) search_tile(pixels, 1, s, p, q);
}

/// All pixels, `together` of them at a time.
INLINE void search_pixels(const int together, const int vectors, const struct search *s, long pixels)
{
    long p = 0;
    for (; p + together <= pixels; p += together) search_queries(together, vectors, s, p);
    for (; p < pixels; p++) search_queries(1, vectors, s, p);
}

KERNEL(void, pk_prototypes_search, (const float *keys, long stride, long depth, const float *queries, long row,
    const float *starts, long start_step, long pixels, long first, float *best, int *index), (keys, stride, depth,
    queries, row, starts, start_step, pixels, first, best, index))
{
    struct search s = {keys, stride, depth, queries, row, starts, start_step, first, best, index};
    // As many sums as the registers of the instruction set hold.
    switch (pk_chosen_instruction_set) {
    case 2: search_pixels(6, 4, &s, pixels); break;
    case 1: search_pixels(3, 2, &s, pixels); break;
    default: search_pixels(3, 1, &s, pixels); break;
    }
}
