// Choices, sums and powers of vectors of sixteen floats. Only for kernels that are always inlined into a KERNEL.
#pragma once
#include "kernel.h"
#include "vectors.h"
#include <math.h>

#define SWAPPED(x, distance) \
    __builtin_shufflevector(x, x, 0 ^ distance, 1 ^ distance, 2 ^ distance, 3 ^ distance, 4 ^ distance, 5 ^ distance, \
        6 ^ distance, 7 ^ distance, 8 ^ distance, 9 ^ distance, 10 ^ distance, 11 ^ distance, 12 ^ distance, \
        13 ^ distance, 14 ^ distance, 15 ^ distance)

/// a where the mask is set, else b. Macros and pointers, since vectors are no arguments where registers are smaller.
#define CHOSEN(condition, a, b) ((vector)(((mask)(a) & (condition)) | ((mask)(b) & ~(condition))))

INLINE float sum_of_lanes(const vector *lanes)
{
    vector x = *lanes;
    x += SWAPPED(x, 8);
    x += SWAPPED(x, 4);
    x += SWAPPED(x, 2);
    x += SWAPPED(x, 1);
    return x[0];
}

INLINE float largest_lane(const vector *lanes)
{
    vector x = *lanes, other;
#define TAKE_LARGER(distance) \
    other = SWAPPED(x, distance); \
    x = CHOSEN(other > x, other, x);
    TAKE_LARGER(8)
    TAKE_LARGER(4)
    TAKE_LARGER(2)
    TAKE_LARGER(1)
#undef TAKE_LARGER
    return x[0];
}

/// x = e^x for x ≤ 0, error below 1e-7 (absolute), 0 below −87.33. Leaner than exp_float: 2^n fits one factor, and ln 2
/// needs no second part where e^x is small.
INLINE void exponentiate_nonpositive(vector *x)
{
    const vector lowest = (vector){0} - 87.33654f, round = (vector){0} + 12582912.0f; // 1.5 · 2^23
    mask is_low = *x < lowest;
    vector bounded = CHOSEN(is_low, lowest, *x);
    vector shifted = bounded * 1.44269504f + round;
    vector n = shifted - round;
    vector r = bounded - n * 0.693147181f;
    // Minimax for e^r on ±ln 2 / 2, relative error 7.5e-8.
    vector p = r * 8.297648280858994e-3f + 4.191543161869049e-2f;
    p = p * r + 1.6667574644088745e-1f;
    p = p * r + 4.999889433383942e-1f;
    p = p * r + 9.999997019767761e-1f;
    p = p * r + 1.0000001192092896f;
    // Of 0x4b400000 + n the shift keeps n, which is added to the exponent.
    vector y = (vector)((mask)p + ((mask)shifted << 23));
    *x = (vector)((mask)y & ~is_low);
}
