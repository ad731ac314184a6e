// Scalar forms of exp, sigmoid and log1p without branches or calls: a loop over them becomes vector code in
// every clone.
#pragma once
#include "kernel.h"
#include <string.h>

/// Lets sums of one statement block be taken in vector lanes. The order is fixed when the kernel is compiled.
#define SUM_IN_LANES _Pragma("clang fp reassociate(on)")

INLINE float float_from_bits(int bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/// e^x, relative error below 1e-7. 0 below −87.33 (no denormals), infinity above 88.73, NaN stays.
INLINE float exp_float(float x)
{
    const float lowest = -87.33654f, round = 12582912.0f; // 1.5 · 2^23: adding it rounds to a whole number
    float bounded = x < lowest ? lowest : x;
    bounded = bounded > 89.0f ? 89.0f : bounded;
    float shifted = bounded * 1.44269504f + round;
    float n = shifted - round;
    // ln 2 in two parts, so that the remainder keeps its digits.
    float r = bounded - n * 0.693359375f;
    r = r + n * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    float y = p * (r * r) + r + 1.0f;
    int bits, whole;
    memcpy(&bits, &shifted, sizeof bits);
    whole = bits - 0x4b400000;
    // 2^n in two factors: n reaches 128, where one factor has no bits for it.
    int half = whole >> 1;
    y = y * float_from_bits((half + 127) << 23) * float_from_bits((whole - half + 127) << 23);
    return x < lowest ? 0.0f : y;
}

/// 2^x for x of 0 or less, relative error below 3e-7; 2^−126 for what is smaller than that. A softmax evaluates it for
/// every score, so it is leaner than exp_float: the power is exact, one factor holds 2^n.
INLINE float exp2_nonpositive(float x)
{
    const float lowest = -126.0f, round = 12582912.0f; // 1.5 · 2^23: adding it rounds to a whole number
    float bounded = x < lowest ? lowest : x;
    float shifted = bounded + round;
    float r = bounded - (shifted - round);
    // The minimax polynomial of bounded_sigmoid, for 2^r on ±1/2.
    float p = 1.327646081e-03f;
    p = p * r + 9.675553069e-03f;
    p = p * r + 5.550713092e-02f;
    p = p * r + 2.402211875e-01f;
    p = p * r + 6.931470037e-01f;
    p = p * r + 1.000000119e+00f;
    int bits;
    memcpy(&bits, &shifted, sizeof bits);
    // Of 0x4b400000 + n + 127 the shift keeps what the exponent needs.
    return p * float_from_bits((int)((unsigned)(bits + 127) << 23));
}

/// 1 / (1 + e^−x).
INLINE float sigmoid_float(float x) { return 1.0f / (1.0f + exp_float(-x)); }

/// log(1 + z) for z in [0, 1], relative error below 2e-7: minimax, without a division.
INLINE float log1p_unit(float z)
{
    float p = -3.244024236e-3f;
    p = p * z + 1.985145733e-2f;
    p = p * z - 5.695952475e-2f;
    p = p * z + 1.060365364e-1f;
    p = p * z - 1.530559212e-1f;
    p = p * z + 1.967593879e-1f;
    p = p * z - 2.495413423e-1f;
    p = p * z + 3.332996368e-1f;
    p = p * z - 4.999990165e-1f;
    return (p * z + 1.0f) * z;
}

/// log x of a normal number, error below 2e-7 (absolute, or relative beyond 1/2 to 2); NaN and infinity stay.
INLINE float log_float(float x)
{
    int bits;
    memcpy(&bits, &x, sizeof bits);
    float fraction = float_from_bits((bits & 0x007fffff) | 0x3f800000);
    float y = (float)((bits >> 23) - 127) * 0.693147181f + log1p_unit(fraction - 1.0f);
    return x <= 3.402823466e38f ? y : x;
}

/// e^x, relative error below 2e-7, as if x lay within ±87. It is evaluated for every query and pixel, so it is leaner
/// than exp_float: the bounds keep 2^n in one factor, the polynomial is the least that float32 can tell.
INLINE float bounded_exp(float x)
{
    const float most = 87.0f, round = 12582912.0f; // 1.5 · 2^23: adding it rounds to a whole number
    float bounded = x < -most ? -most : x;
    bounded = bounded > most ? most : bounded;
    float shifted = bounded * 1.44269504f + round;
    float n = shifted - round;
    float r = n * -0.693359375f + bounded;
    r = r + n * 2.12194440e-4f;
    // Minimax for e^r on ±ln 2 / 2, relative error 7.5e-8.
    float p = 8.297648280858994e-3f;
    p = p * r + 4.191543161869049e-2f;
    p = p * r + 1.6667574644088745e-1f;
    p = p * r + 4.999889433383942e-1f;
    p = p * r + 9.999997019767761e-1f;
    p = p * r + 1.0000001192092896f;
    int bits;
    memcpy(&bits, &shifted, sizeof bits);
    // Of 0x4b400000 + n + 127 the shift keeps what the exponent needs.
    return p * float_from_bits((int)((unsigned)(bits + 127) << 23));
}

/// 1 / (1 + e^−x), relative error below 3e-7 where the result is a normal number.
INLINE float bounded_sigmoid(float x) { return 1.0f / (1.0f + bounded_exp(-x)); }

/// |x|, or 6.6 beyond, where `normal_tail` ends.
INLINE float bounded_magnitude(float x)
{
    float t = x < 0 ? -x : x;
    return t > 6.6f ? 6.6f : t;
}

/// The standard normal's probability beyond t in [0, 6.6): relative error below 4e-6, absolute below 1e-7; 0 at the
/// end, where it would be 2e-11.
INLINE float normal_tail(float t)
{
    const float round = 12582912.0f; // 1.5 · 2^23: adding it rounds to a whole number
    // −log2 of it is t² / (2 ln 2) + h(t), h by a minimax polynomial; u is t brought to ±1.
    float u = t * 0.303030303f - 1.0f;
    float h = -7.037940668e-04f;
    h = h * u + 1.119052991e-03f;
    h = h * u + 8.180970908e-04f;
    h = h * u - 3.500234568e-03f;
    h = h * u + 7.994073443e-03f;
    h = h * u - 2.121553384e-02f;
    h = h * u + 5.057700351e-02f;
    h = h * u - 1.092030108e-01f;
    h = h * u + 2.277408689e-01f;
    h = h * u - 4.863391817e-01f;
    h = h * u + 1.253383160e+00f;
    h = h * u + 3.158948183e+00f;
    float x = -(t * t * 0.721347520f + h);
    float shifted = x + round, r = x - (shifted - round);
    // Minimax for 2^r on ±1/2, relative error 7.5e-8.
    float p = 1.327642822e-03f;
    p = p * r + 9.675540961e-03f;
    p = p * r + 5.550713465e-02f;
    p = p * r + 2.402212024e-01f;
    p = p * r + 6.931469440e-01f;
    p = p * r + 1.000000119e+00f;
    int bits, whole;
    memcpy(&bits, &p, sizeof bits);
    memcpy(&whole, &shifted, sizeof whole);
    // The shift keeps the whole number, which is added to the exponent.
    float tail = float_from_bits((int)((unsigned)bits + ((unsigned)whole << 23)));
    return t < 6.6f ? tail : 0;
}
