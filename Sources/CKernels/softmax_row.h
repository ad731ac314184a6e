#pragma once
#include "vector_math.h"
#include <math.h>

/// The largest of `count` floats, −∞ if there are none; NaN is passed over.
INLINE float row_maximum(const float *x, long count)
{
    float lanes[16], maximum = -INFINITY;
    long i = 0;
    for (int l = 0; l < 16; l++) lanes[l] = -INFINITY;
    for (; i + 16 <= count; i += 16)
        for (int l = 0; l < 16; l++) lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
    for (int l = 0; l < 16; l++) maximum = lanes[l] > maximum ? lanes[l] : maximum;
    for (; i < count; i++) maximum = x[i] > maximum ? x[i] : maximum;
    return maximum;
}

/// y = softmax(x) of one row; returns Σ e^(x − maximum).
INLINE double softmax_row(const float *x, long width, float *y, float *maximum)
{
    SUM_IN_LANES
    *maximum = row_maximum(x, width);
    double sum = 0;
    long c = 0;
    // By way of `powers`: y may be x, which a compiler that cannot rule out any other overlap would take one by one.
    for (; c + 16 <= width; c += 16) {
        float powers[16];
        for (int l = 0; l < 16; l++) powers[l] = exp_float(x[c + l] - *maximum);
        memcpy(y + c, powers, sizeof powers);
    }
    for (; c < width; c++) y[c] = exp_float(x[c] - *maximum);
    for (c = 0; c < width; c++) sum += y[c];
    float inverse = (float)(1 / sum);
    for (c = 0; c < width; c++) y[c] *= inverse;
    return sum;
}
