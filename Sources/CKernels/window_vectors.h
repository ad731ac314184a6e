// Sixteen rows at a time, channels first. Only for kernels that are always inlined into a
// KERNEL.
#pragma once
#include "epilogue.h"
#include "vector_lanes.h"

/// One step of a transposition: exchanges blocks of so many rows and lanes.
#define EXCHANGE(distance) \
    for (int i = 0; i < lanes; i++) \
        if (!(i & distance)) { \
            vector a = x[i], b = x[i + distance], low = SWAPPED(a, distance), high = SWAPPED(b, distance); \
            mask stays = ((mask){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} & distance) == 0; \
            x[i] = CHOSEN(stays, a, high); \
            x[i + distance] = CHOSEN(stays, low, b); \
        }

/// y[c] = channel c of sixteen rows; rows of y lie so many floats apart.
INLINE void transpose_rows(const float *const *rows, long offset, float *y, long y_row)
{
    vector x[lanes];
    for (int i = 0; i < lanes; i++) x[i] = *(const vector *)(rows[i] + offset);
    EXCHANGE(8)
    EXCHANGE(4)
    EXCHANGE(2)
    EXCHANGE(1)
    for (int i = 0; i < lanes; i++) *(vector *)(y + i * y_row) = x[i];
}
