// The running arg-max of PEM-CA: similarities are looked at tile by tile and never kept.
#include "CKernels.h"

enum { block = 1024 };

KERNEL_CLONES int prototypes_any_allowed(const float *mask_logits, long count)
{
    for (long first = 0; first < count; first += block) {
        long last = first + block < count ? first + block : count;
        int allowed = 0;
        for (long i = first; i < last; i++) allowed |= !(mask_logits[i] < 0.0f);
        if (allowed) return 1;
    }
    return 0;
}

KERNEL_CLONES void prototypes_scan(
    const float *similarity, const float *mask_logits, long pixels, long queries, long first,
    float *restrict best, int *restrict index)
{
    for (long p = 0; p < pixels; p++) {
        const float *values = similarity + p * queries;
        int position = (int)(first + p);
        if (mask_logits) {
            const float *logits = mask_logits + p * queries;
            for (long q = 0; q < queries; q++) {
                int better = (values[q] > best[q]) & !(logits[q] < 0.0f);
                best[q] = better ? values[q] : best[q];
                index[q] = better ? position : index[q];
            }
            continue;
        }
        for (long q = 0; q < queries; q++) {
            int better = values[q] > best[q];
            best[q] = better ? values[q] : best[q];
            index[q] = better ? position : index[q];
        }
    }
}
