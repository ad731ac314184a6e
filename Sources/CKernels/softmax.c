// Softmax of rows.
#include "include/softmax.h"
#include "kernel.h"
#include "softmax_row.h"

KERNEL(void, pk_softmax_forward, (const float *x, long rows, long width, float *y), (x, rows, width, y))
{
    float maximum;
    for (long r = 0; r < rows; r++, x += width, y += width) softmax_row(x, width, y, &maximum);
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
