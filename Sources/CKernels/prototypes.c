// The running arg-max of PEM-CA: similarities are looked at while they are in the first cache, and never kept.
#include "include/prototypes.h"
#include "register_product.h"

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

/// One or two vectors of queries, whose best stay in registers while some pixels pass.
INLINE void pass_pixels(
    const int vectors, const float *similarity, const float *mask_logits, long mask_step, long pixels, long first,
    float *restrict best, int *restrict index)
{
    float most[2 * lanes];
    int place[2 * lanes];
    for (int q = 0; q < vectors * lanes; q++) most[q] = best[q], place[q] = index[q];
    for (long p = 0; p < pixels; p++, similarity += 2 * lanes, mask_logits += mask_step) {
        int position = (int)(first + p);
        for (int q = 0; q < vectors * lanes; q++) {
            int better = (similarity[q] > most[q]) & !(mask_logits[q] < 0.0f);
            most[q] = better ? similarity[q] : most[q];
            place[q] = better ? position : place[q];
        }
    }
    for (int q = 0; q < vectors * lanes; q++) best[q] = most[q], index[q] = place[q];
}

INLINE void search_queries(
    const int vectors, const float *keys, long stride, long depth, const float *queries, long row,
    const float *mask_logits, long mask_step, long pixels, long first, float *best, int *index)
{
    long most = product_row_count();
    float similarity[8 * 2 * lanes];
    for (long p = 0; p < pixels; p += most) {
        long count = minimum(most, pixels - p);
        struct strided_matrix pixel_rows = {keys + p * stride, stride, 1};
        product_rows(count, vectors, pixel_rows, depth, queries, row, similarity, 2 * lanes);
        pass_pixels(vectors, similarity, mask_logits + p * mask_step, mask_step, count, first + p, best, index);
    }
}

KERNEL(void, pk_prototypes_search, (const float *keys, long stride, long depth, const float *queries, long row,
    const float *mask_logits, long mask_step, long pixels, long first, float *best, int *index), (keys, stride, depth,
    queries, row, mask_logits, mask_step, pixels, first, best, index))
{
    for (long q = 0; q < row; q += 2 * lanes) {
        if (row - q > lanes)
            search_queries(2, keys, stride, depth, queries + q, row, mask_logits + q, mask_step, pixels, first,
                best + q, index + q);
        else
            search_queries(1, keys, stride, depth, queries + q, row, mask_logits + q, mask_step, pixels, first,
                best + q, index + q);
    }
}
