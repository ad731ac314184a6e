// The focal loss of one logit.
#pragma once
#include "vector_math.h"

/// σ(x), σ(−x) and log(1 + e^−|x|).
struct logit {
    float sigmoid, complement, logarithm;
};

INLINE struct logit logit_of(float x)
{
    float z = bounded_exp(x < 0 ? x : -x), large = 1.0f / (1.0f + z), small = z * large;
    struct logit logit = {x < 0 ? small : large, x < 0 ? large : small, log1p_unit(z)};
    return logit;
}

/// The focal loss σ(y)² · log(1 + e^y) of a logit that is y on the wrong side, before its weight α.
INLINE float focal(float y, float wrong, float logarithm)
{
    return wrong * wrong * ((y < 0 ? 0 : y) + logarithm);
}

/// Its derivative by y: σ(y)² · (2 (1 − σ(y)) · log(1 + e^y) + σ(y)).
INLINE float focal_slope(float y, float wrong, float right, float logarithm)
{
    return wrong * wrong * (2.0f * right * ((y < 0 ? 0 : y) + logarithm) + wrong);
}
