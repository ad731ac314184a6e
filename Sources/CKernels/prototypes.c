// The running arg-max of PEM-CA: similarities are looked at tile by tile and never kept.
#include "include/prototypes.h"
#include "kernel.h"

enum { block = 1024, lanes = 32 };

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

/// `width` queries; their best stay in registers from pixel to pixel.
INLINE void scan_queries(
    const int width, const float *similarity, long stride, const float *mask_logits, long logit_stride,
    long pixels, long first, float *restrict best, int *restrict index)
{
    float most[lanes];
    int place[lanes];
    for (int q = 0; q < width; q++) most[q] = best[q], place[q] = index[q];
    for (long p = 0; p < pixels; p++, similarity += stride, mask_logits += logit_stride) {
        int position = (int)(first + p);
        for (int q = 0; q < width; q++) {
            int better = (similarity[q] > most[q]) & !(mask_logits[q] < 0.0f);
            most[q] = better ? similarity[q] : most[q];
            place[q] = better ? position : place[q];
        }
    }
    for (int q = 0; q < width; q++) best[q] = most[q], index[q] = place[q];
}

KERNEL(void, pk_prototypes_scan, (const float *similarity, long stride, const float *mask_logits, long pixels,
    long queries, long first, float *restrict best, int *restrict index), (similarity, stride, mask_logits, pixels,
    queries, first, best, index))
{
    static const float allowed[lanes] = {0};
    long step = mask_logits ? queries : 0;
    for (long q = 0; queries >= lanes && q < queries; q += lanes) {
        // The last vectors begin earlier and see some queries again, which changes nothing.
        long column = q + lanes > queries ? queries - lanes : q;
        const float *logits = mask_logits ? mask_logits + column : allowed;
        scan_queries(lanes, similarity + column, stride, logits, step, pixels, first, best + column, index + column);
    }
    for (long q = 0; queries < lanes && q < queries; q++)
        scan_queries(
            1, similarity + q, stride, mask_logits ? mask_logits + q : allowed, step, pixels, first, best + q,
            index + q);
}
