#ifndef CKERNELS_ROW_MAXIMUM_H
#define CKERNELS_ROW_MAXIMUM_H
#include <math.h>

/// The largest of `count` floats, −∞ if there are none; NaN is passed over.
static inline __attribute__((always_inline)) float row_maximum(const float *x, long count)
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

#endif
