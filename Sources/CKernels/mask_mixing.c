// Masks at stride 4 to class scores of pixels: sixteen neighbouring pixels are one vector.
#include "include/mask_mixing.h"
#include "convolution_table.h"
#include "epilogue.h"
#include "kernel.h"
#include "vector_math.h"

/// Classes whose sums fit the registers of any processor, at most.
enum { most_mixed = 20 };

typedef int places __attribute__((vector_size(lanes * 4), aligned(4), may_alias));

/// Bilinear ×4 of the columns from `source` − 1 on: four of them give sixteen pixels.
INLINE void upsample(const float *source, float *pixels)
{
    static const vector before = {.375f, .125f, .875f, .625f, .375f, .125f, .875f, .625f,
                                  .375f, .125f, .875f, .625f, .375f, .125f, .875f, .625f};
    static const vector after = {.625f, .875f, .125f, .375f, .625f, .875f, .125f, .375f,
                                 .625f, .875f, .125f, .375f, .625f, .875f, .125f, .375f};
    vector x = *(const vector *)(source - 1);
    vector left = __builtin_shufflevector(x, x, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4);
    vector right = __builtin_shufflevector(x, x, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5);
    *(vector *)pixels = before * left + after * right;
}

/// sums[k] = Σ_q probabilities[q] · classes[q][k] for `count` classes of sixteen pixels.
INLINE void mix_classes(
    const int count, const float *probabilities, long queries, const float *classes, long class_count, vector *sums)
{
    vector totals[most_mixed];
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) totals[k] = (vector){0};
    for (long q = 0; q < queries; q++, classes += class_count) {
        vector p = *(const vector *)(probabilities + q * lanes);
#pragma clang loop unroll(full)
        for (int k = 0; k < count; k++) totals[k] += p * classes[k];
    }
#pragma clang loop unroll(full)
    for (int k = 0; k < count; k++) sums[k] = totals[k];
}

long pk_mix_masks_together(long class_count)
{
    // The sums and the vector they are made from must stay in registers: 32 with AVX-512; 16 with AVX2, where a vector
    // is two of them, and with SSE, where it is four. Measured on an AMD EPYC (Zen 3), microseconds of a
    // row of 2048 pixels, 100 queries. AVX2 with 4, 5, 6, 7 together: 201, 193, 412, 240 of 19 classes; 651, 580, 1765,
    // 1008 of 100; 814, 801, 3022, 1480 of 150 (6 are spilled). SSE with 1, 2, 3, 4, 6: 2131, 1704, 2149, 2121, 2199 of
    // 100. pem-bench --kernels-only measures these counts.
    long width = pk_convolution_kernels()->lanes, most = width == 16 ? most_mixed : width == 8 ? 5 : 2;
    // In equal parts, so that the last is not a small one.
    long parts = (class_count + most - 1) / most;
    return (class_count + parts - 1) / parts;
}

#define MIX(n) case n: mix_classes(n, probabilities, queries, classes, class_count, sums); break;
INLINE void mix_any(
    long count, const float *probabilities, long queries, const float *classes, long class_count, vector *sums)
{
    switch (count) {
        MIX(1) MIX(2) MIX(3) MIX(4) MIX(5) MIX(6) MIX(7) MIX(8) MIX(9) MIX(10) MIX(11) MIX(12)
        MIX(13) MIX(14) MIX(15) MIX(16) MIX(17) MIX(18) MIX(19) MIX(20)
    }
}
#undef MIX

INLINE void store_lanes(const vector *values, long count, float *target)
{
    if (count == lanes) {
        *(vector *)target = *values;
        return;
    }
    for (long l = 0; l < count; l++) target[l] = (*values)[l];
}

KERNEL(void, pk_mix_masks_row, (const float *row, long stride, long width, long queries, const float *classes,
    long class_count, long together, float *probabilities, unsigned short *labels, float *scores, long plane), (row,
    stride, width, queries, classes, class_count, together, probabilities, labels, scores, plane))
{
    for (long x = 0; x < width; x += lanes) {
        long valid = width - x < lanes ? width - x : lanes;
        for (long q = 0; q < queries; q++)
            upsample(row + q * stride + x / 4, probabilities + q * lanes);
        // In a second pass: the compiler makes one loop of vectors of it.
        for (long i = 0; i < queries * lanes; i++) probabilities[i] = bounded_sigmoid(probabilities[i]);
        vector best = {0};
        places place = {0};
        for (long first = 0; first < class_count; first += together) {
            long count = class_count - first < together ? class_count - first : together;
            vector sums[most_mixed];
            mix_any(count, probabilities, queries, classes + first, class_count, sums);
            if (first == 0) best = sums[0];
            for (long k = 0; k < count; k++) {
                places better = sums[k] > best;
                best = (vector)((better & (places)sums[k]) | (~better & (places)best));
                place = (better & (int)(first + k)) | (~better & place);
                if (scores) store_lanes(&sums[k], valid, scores + (first + k) * plane + x);
            }
        }
        for (long l = 0; l < valid; l++) labels[x + l] = (unsigned short)place[l];
    }
}
