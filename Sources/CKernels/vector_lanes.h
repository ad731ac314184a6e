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

/// x = e^−x for |x| ≤ 87, relative error below 2e-7 (and without FMA 6e-8 · |x|), of `count` vectors, eight at most:
/// each step of all of them before the next, for the processor has room for few long chains that wait one behind the
/// other.
INLINE void exponentiate_negated(const int count, vector *x)
{
    const float binary = -1.442695040f, rest = -1.925963033e-8f; // −log2 e in two parts
    const vector round = (vector){0} + 12582912.0f; // 1.5 · 2^23: adding it rounds to a whole number
    // Minimax for 2^r on ±1/2 among those that are 1 at 0, relative error 2e-8: powers of e^−x are as exact.
    static const float coefficients[] = {
        1.339887502e-03f, 9.618436918e-03f, 5.550332367e-02f, 2.402264774e-01f, 6.931471825e-01f, 1.0f};
    vector shifted[8], n[8], p[8];
#define EACH _Pragma("clang loop unroll(full)") for (int i = 0; i < count; i++)
    EACH shifted[i] = x[i] * binary + round;
    EACH n[i] = shifted[i] - round;
    EACH n[i] = x[i] * binary - n[i];
    EACH x[i] = x[i] * rest + n[i];
    EACH p[i] = (vector){0} + 1.535336196e-04f;
#pragma clang loop unroll(full)
    for (int k = 0; k < 6; k++)
        EACH p[i] = p[i] * x[i] + coefficients[k];
    // Of 0x4b400000 + n the shift keeps n, which is added to the exponent.
    EACH x[i] = (vector)((mask)p[i] + ((mask)shifted[i] << 23));
#undef EACH
}

/// y = 1 / (1 + y) for `count` times four vectors of y ≥ 0, `count` four at most, absolute error below 2e-7: one
/// division for four, in which 2^30 stands for what is larger.
INLINE void complement_fours(const int count, vector *y)
{
    const vector most = (vector){0} + 1073741824.0f;
    vector inverse[4], pair[8];
#pragma clang loop unroll(full)
    for (int i = 0; i < 4 * count; i++) y[i] = CHOSEN(y[i] < most, y[i], most) + 1.0f;
#pragma clang loop unroll(full)
    for (int i = 0; i < 2 * count; i++) pair[i] = y[2 * i] * y[2 * i + 1];
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) inverse[i] = 1.0f / (pair[2 * i] * pair[2 * i + 1]);
#pragma clang loop unroll(full)
    for (int i = 0; i < 2 * count; i++) pair[i] *= inverse[i / 2];
#pragma clang loop unroll(full)
    for (int i = 0; i < 2 * count; i++) {
        const vector first = y[2 * i];
        y[2 * i] = y[2 * i + 1] * pair[i ^ 1];
        y[2 * i + 1] = first * pair[i ^ 1];
    }
}
