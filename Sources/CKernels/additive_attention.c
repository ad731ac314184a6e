// What SwiftFormer's efficient additive attention does with rows of queries.
#include "include/additive_attention.h"
#include "kernel.h"
#include "vector_math.h"

KERNEL(void, pk_row_products, (const float *restrict x, const float *restrict weight, long rows, long width,
    float *restrict y), (x, weight, rows, width, y))
{
    for (long r = 0; r < rows; r++, x += width) {
        SUM_IN_LANES
        double sum = 0;
        for (long c = 0; c < width; c++) sum += (double)x[c] * weight[c];
        y[r] = (float)sum;
    }
}

KERNEL(void, pk_add_weighted_rows, (const float *restrict x, const float *restrict weights, long rows, long width,
    long stride, double *restrict sums), (x, weights, rows, width, stride, sums))
{
    for (long r = 0; r < rows; r++, x += stride)
        for (long c = 0; c < width; c++) sums[c] += (double)weights[r] * x[c];
}

KERNEL(void, pk_outer_products, (const float *restrict a, const float *restrict u, const float *restrict b,
    const float *restrict v, long rows, long width, float *restrict y), (a, u, b, v, rows, width, y))
{
    for (long r = 0; r < rows; r++, y += width)
        for (long c = 0; c < width; c++) y[c] = a[r] * u[c] + b[r] * v[c];
}
