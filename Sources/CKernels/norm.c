// Normalisation by row (layer norm) and by length.
#include "include/norm.h"
#include "kernel.h"
#include "vector_math.h"
#include <math.h>

KERNEL(void, pk_layer_norm_forward, (const float *restrict x, const float *restrict weight, const float *restrict bias,
    float epsilon, long rows, long channels, float *restrict y, float *restrict statistics), (x, weight, bias, epsilon,
    rows, channels, y, statistics))
{
    for (long r = 0; r < rows; r++, x += channels, y += channels) {
        SUM_IN_LANES
        double sum = 0, squares = 0;
        for (long c = 0; c < channels; c++) sum += x[c];
        float mean = (float)(sum / channels);
        for (long c = 0; c < channels; c++) squares += (double)(x[c] - mean) * (x[c] - mean);
        float inverse = (float)(1 / sqrt(squares / channels + epsilon));
        for (long c = 0; c < channels; c++) y[c] = (x[c] - mean) * inverse * weight[c] + bias[c];
        statistics[2 * r] = mean;
        statistics[2 * r + 1] = inverse;
    }
}

KERNEL(void, pk_layer_norm_backward, (const float *restrict x, const float *restrict dy, const float *restrict weight,
    const float *restrict statistics, long rows, long channels, float *restrict dx), (x, dy, weight, statistics, rows,
    channels, dx))
{
    for (long r = 0; r < rows; r++, x += channels, dy += channels, dx += channels) {
        SUM_IN_LANES
        float mean = statistics[2 * r], inverse = statistics[2 * r + 1];
        double sum = 0, products = 0;
        for (long c = 0; c < channels; c++) {
            double g = dy[c] * weight[c];
            sum += g;
            products += g * ((x[c] - mean) * inverse);
        }
        float average = (float)(sum / channels), slope = (float)(products / channels);
        for (long c = 0; c < channels; c++)
            dx[c] = (dy[c] * weight[c] - average - (x[c] - mean) * inverse * slope) * inverse;
    }
}

KERNEL(void, pk_add_layer_norm_sums, (const float *restrict x, const float *restrict dy,
    const float *restrict statistics, long rows, long channels, double *restrict biases, double *restrict weights), (x,
    dy, statistics, rows, channels, biases, weights))
{
    for (long r = 0; r < rows; r++, x += channels, dy += channels) {
        float mean = statistics[2 * r], inverse = statistics[2 * r + 1];
        for (long c = 0; c < channels; c++) {
            biases[c] += dy[c];
            weights[c] += (double)dy[c] * ((x[c] - mean) * inverse);
        }
    }
}

KERNEL(void, pk_l2_rows_forward, (const float *x, float epsilon, long rows, long channels, float *y, float *norms), (x,
    epsilon, rows, channels, y, norms))
{
    // Some rows at a time, so that no root waits for the one before it.
    enum { together = 8 };
    for (long first = 0; first < rows; first += together, norms += together) {
        long count = minimum(together, rows - first);
        for (long r = 0; r < count; r++) {
            SUM_IN_LANES
            const float *row = x + r * channels;
            double squares = 0;
            for (long c = 0; c < channels; c++) squares += (double)row[c] * row[c];
            norms[r] = (float)sqrt(squares);
        }
        for (long r = 0; r < count; r++, x += channels, y += channels) {
            float inverse = 1 / (norms[r] < epsilon ? epsilon : norms[r]);
            for (long c = 0; c < channels; c++) y[c] = x[c] * inverse;
        }
    }
}

KERNEL(void, pk_l2_rows_backward, (const float *restrict y, const float *restrict dy, const float *restrict norms,
    float epsilon, long rows, long channels, float *restrict dx), (y, dy, norms, epsilon, rows, channels, dx))
{
    for (long r = 0; r < rows; r++, y += channels, dy += channels, dx += channels) {
        SUM_IN_LANES
        double products = 0;
        for (long c = 0; c < channels; c++) products += (double)dy[c] * y[c];
        float along = norms[r] < epsilon ? 0 : (float)products;
        float inverse = 1 / (norms[r] < epsilon ? epsilon : norms[r]);
        for (long c = 0; c < channels; c++) dx[c] = (dy[c] - y[c] * along) * inverse;
    }
}

KERNEL(void, pk_l2_columns_forward, (const float *restrict x, float epsilon, long rows, long width, long stride,
    float *restrict y, float *restrict norms), (x, epsilon, rows, width, stride, y, norms))
{
    double squares[64] = {0};
    float inverse[64];
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < width; c++) squares[c] += (double)x[r * stride + c] * x[r * stride + c];
    for (long c = 0; c < width; c++) {
        norms[c] = (float)sqrt(squares[c]);
        inverse[c] = 1 / (norms[c] < epsilon ? epsilon : norms[c]);
    }
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < width; c++) y[r * stride + c] = x[r * stride + c] * inverse[c];
}

KERNEL(void, pk_l2_columns_backward, (const float *restrict y, const float *restrict dy, const float *restrict norms,
    float epsilon, long rows, long width, long stride, float *restrict dx), (y, dy, norms, epsilon, rows, width, stride,
    dx))
{
    double products[64] = {0};
    float along[64], inverse[64];
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < width; c++) products[c] += (double)dy[r * stride + c] * y[r * stride + c];
    for (long c = 0; c < width; c++) {
        along[c] = norms[c] < epsilon ? 0 : (float)products[c];
        inverse[c] = 1 / (norms[c] < epsilon ? epsilon : norms[c]);
    }
    for (long r = 0; r < rows; r++)
        for (long c = 0; c < width; c++)
            dx[r * stride + c] = (dy[r * stride + c] - y[r * stride + c] * along[c]) * inverse[c];
}
