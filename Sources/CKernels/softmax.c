// Softmax of rows.
#include "include/softmax.h"
#include "kernel.h"
#include "row_maximum.h"
#include "vector_math.h"

KERNEL(void, pk_softmax_forward, (const float *x, long rows, long width, float *y), (x, rows, width, y))
{
    for (long r = 0; r < rows; r++, x += width, y += width) {
        SUM_IN_LANES
        float maximum = row_maximum(x, width);
        double sum = 0;
        for (long c = 0; c < width; c++) y[c] = exp_float(x[c] - maximum);
        for (long c = 0; c < width; c++) sum += y[c];
        float inverse = (float)(1 / sum);
        for (long c = 0; c < width; c++) y[c] *= inverse;
    }
}

KERNEL(void, pk_softmax_backward, (const float *y, const float *dy, long rows, long width, float *dx), (y, dy, rows,
    width, dx))
{
    for (long r = 0; r < rows; r++, y += width, dy += width, dx += width) {
        SUM_IN_LANES
        double products = 0;
        for (long c = 0; c < width; c++) products += (double)dy[c] * y[c];
        float along = (float)products;
        for (long c = 0; c < width; c++) dx[c] = y[c] * (dy[c] - along);
    }
}
