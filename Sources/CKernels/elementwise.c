// Functions of single values, and sums over rows.
#include "include/elementwise.h"
#include "kernel.h"
#include "vector_math.h"

KERNEL(void, pk_relu_forward, (const float *restrict x, long count, float *restrict y), (x, count, y))
{
    for (long i = 0; i < count; i++) y[i] = x[i] < 0 ? 0 : x[i];
}

KERNEL(void, pk_relu_backward, (const float *restrict y, const float *restrict dy, long count, float *restrict dx), (y,
    dy, count, dx))
{
    for (long i = 0; i < count; i++) {
        float g = dy[i];
        dx[i] = y[i] > 0 ? g : 0;
    }
}

KERNEL(void, pk_sigmoid_forward, (const float *restrict x, long count, float *restrict y), (x, count, y))
{
    for (long i = 0; i < count; i++) y[i] = sigmoid_float(x[i]);
}

KERNEL(void, pk_sigmoid_backward, (const float *restrict y, const float *restrict dy, long count, float *restrict dx),
    (y, dy, count, dx))
{
    for (long i = 0; i < count; i++) dx[i] = dy[i] * y[i] * (1 - y[i]);
}

KERNEL(void, pk_gelu_forward, (const float *x, long count, float *y), (x, count, y))
{
    for (long i = 0; i < count; i++) {
        float t = bounded_magnitude(x[i]);
        y[i] = (x[i] < 0 ? 0 : x[i]) - t * normal_tail(t);
    }
}

KERNEL(void, pk_gelu_backward, (const float *restrict x, const float *restrict dy, long count, float *restrict dx), (x,
    dy, count, dx))
{
    for (long i = 0; i < count; i++) {
        float tail = normal_tail(bounded_magnitude(x[i])), density = exp_float(-0.5f * x[i] * x[i]) * 0.398942280f;
        dx[i] = dy[i] * ((x[i] < 0 ? tail : 1 - tail) + x[i] * density);
    }
}

KERNEL(void, pk_add_to_rows, (const float *restrict a, const float *restrict b, long rows, long width, long stride,
    float *restrict y), (a, b, rows, width, stride, y))
{
    for (long r = 0; r < rows; r++, a += stride, y += stride)
        for (long c = 0; c < width; c++) y[c] = a[c] + b[c];
}

KERNEL(void, pk_multiply_rows, (const float *restrict a, const float *restrict b, long rows, long width, long stride,
    float *restrict y), (a, b, rows, width, stride, y))
{
    for (long r = 0; r < rows; r++, a += stride, y += stride)
        for (long c = 0; c < width; c++) y[c] = a[c] * b[c];
}

KERNEL(void, pk_modulate_rows, (const float *restrict x, const float *restrict gate, const float *restrict above,
    long above_step, long rows, long width, float *restrict y), (x, gate, above, above_step, rows, width, y))
{
    for (long r = 0; r < rows; r++, x += width, above += above_step, y += width)
        for (long c = 0; c < width; c++) y[c] = x[c] + x[c] * gate[c] + above[c];
}

KERNEL(void, pk_modulate_rows_backward, (const float *restrict dy, const float *restrict gate, long rows, long width,
    float *restrict dx), (dy, gate, rows, width, dx))
{
    for (long r = 0; r < rows; r++, dy += width, dx += width)
        for (long c = 0; c < width; c++) dx[c] = dy[c] + dy[c] * gate[c];
}

KERNEL(void, pk_add_column_sums, (const float *restrict x, long rows, long width, long stride, double *restrict sums),
    (x, rows, width, stride, sums))
{
    long r = 0;
    for (; r + 4 <= rows; r += 4, x += 4 * stride)
        for (long c = 0; c < width; c++)
            sums[c] += ((double)x[c] + x[c + stride]) + ((double)x[c + 2 * stride] + x[c + 3 * stride]);
    for (; r < rows; r++, x += stride)
        for (long c = 0; c < width; c++) sums[c] += x[c];
}

KERNEL(void, pk_add_column_products, (const float *restrict x, const float *restrict y, long rows, long width,
    long stride, double *restrict sums), (x, y, rows, width, stride, sums))
{
    for (long r = 0; r < rows; r++, x += stride, y += stride)
        for (long c = 0; c < width; c++) sums[c] += (double)x[c] * y[c];
}
