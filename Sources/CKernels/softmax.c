// Softmax of rows.
#include "include/softmax.h"
#include "kernel.h"
#include "softmax_row.h"

/// Rows that fill no vector are taken so many together, a vector for each column.
enum { narrow = 16, together = 16 };

INLINE void softmax_narrow(const float *x, int rows, long width, float *y)
{
    float columns[narrow][together] = {{0}}, maximum[together], sum[together] = {0};
    for (long c = 0; c < width; c++)
        for (int r = 0; r < rows; r++) columns[c][r] = x[r * width + c];
    for (int r = 0; r < together; r++) maximum[r] = -INFINITY;
    for (long c = 0; c < width; c++)
        for (int r = 0; r < together; r++) maximum[r] = columns[c][r] > maximum[r] ? columns[c][r] : maximum[r];
    for (long c = 0; c < width; c++)
        for (int r = 0; r < together; r++) {
            columns[c][r] = exp_float(columns[c][r] - maximum[r]);
            sum[r] += columns[c][r];
        }
    for (int r = 0; r < together; r++) sum[r] = 1 / sum[r];
    for (long c = 0; c < width; c++)
        for (int r = 0; r < rows; r++) y[r * width + c] = columns[c][r] * sum[r];
}

KERNEL(void, pk_softmax_forward, (const float *x, long rows, long width, float *y), (x, rows, width, y))
{
    if (width <= narrow) {
        for (; rows >= together; rows -= together, x += together * width, y += together * width)
            softmax_narrow(x, together, width, y);
        softmax_narrow(x, (int)rows, width, y);
        return;
    }
    float maximum;
    for (long r = 0; r < rows; r++, x += width, y += width) softmax_row(x, width, y, &maximum);
}

KERNEL(void, pk_softmax_powers, (float *x, long rows, long width, float factor, float *inverse_sums), (x, rows, width,
    factor, inverse_sums))
{
    for (long r = 0; r < rows; r++, x += width) {
        float most = row_maximum(x, width), sums[together] = {0}, total = 0;
        long c = 0;
        for (; c + together <= width; c += together)
            for (int l = 0; l < together; l++) {
                float power = exp2_nonpositive((x[c + l] - most) * factor);
                x[c + l] = power;
                sums[l] += power;
            }
        for (; c < width; c++) {
            x[c] = exp2_nonpositive((x[c] - most) * factor);
            total += x[c];
        }
        for (int l = 0; l < together; l++) total += sums[l];
        inverse_sums[r] = 1 / total;
    }
}

KERNEL(void, pk_softmax_backward, (const float *y, const float *dy, long rows, long width, float *dx), (y, dy, rows,
    width, dx))
{
    for (long r = 0; r < rows; r++, y += width, dy += width, dx += width) {
        SUM_IN_LANES
        double sum = 0;
        for (long c = 0; c < width; c++) sum += (double)dy[c] * y[c];
        float along = (float)sum;
        long c = 0;
        // As in softmax_row: dx may be dy.
        for (; c + together <= width; c += together) {
            float products[together];
            for (int l = 0; l < together; l++) products[l] = y[c + l] * (dy[c + l] - along);
            memcpy(dx + c, products, sizeof products);
        }
        for (; c < width; c++) dx[c] = y[c] * (dy[c] - along);
    }
}
