// Attention of queries over tiles of pixels under a mask of bits: all but the products by packed matrices.
#include "include/masked_attention.h"
#include "convolution_table.h"
#include "vector_math.h"
#include <math.h>

/// Queries whose running values stay in registers from pixel to pixel.
enum { lanes = 16 };

KERNEL(void, pk_attention_mask, (const float *mask_logits, long pixels, long queries, long words, unsigned *bits,
    unsigned *any), (mask_logits, pixels, queries, words, bits, any))
{
    for (long p = 0; p < pixels; p++, mask_logits += queries, bits += words)
        for (long w = 0; w < words; w++) {
            long count = minimum(32, maximum(0, queries - w * 32));
            unsigned word = 0;
            if (count == 32)
                for (int q = 0; q < 32; q++) word |= (unsigned)!(mask_logits[w * 32 + q] < 0.0f) << q;
            else
                for (int q = 0; q < count; q++) word |= (unsigned)!(mask_logits[w * 32 + q] < 0.0f) << q;
            bits[w] = word;
            any[w] |= word;
        }
}

void pk_attention_open(unsigned *bits, long pixels, long words, const unsigned *open)
{
    for (long p = 0; p < pixels; p++, bits += words)
        for (long w = 0; w < words; w++) bits[w] |= open[w];
}

/// The bits of `lanes` queries at a pixel.
INLINE unsigned mask_word(const unsigned *bits, long words, long pixel, long query)
{
    return bits ? bits[pixel * words + query / 32] >> query % 32 : ~0u;
}

KERNEL(void, pk_attention_softmax, (float *scores, long stride, const unsigned *bits, long words, long pixels,
    float *most, float *sums, float *factors), (scores, stride, bits, words, pixels, most, sums, factors))
{
    for (long q = 0; q < stride; q += lanes) {
        float best[lanes], reference[lanes], sum[lanes];
        for (int l = 0; l < lanes; l++) best[l] = most[q + l], sum[l] = 0;
        for (long p = 0; p < pixels; p++) {
            const float *row = scores + p * stride + q;
            unsigned word = mask_word(bits, words, p, q);
            for (int l = 0; l < lanes; l++) {
                float score = word >> l & 1 ? row[l] : -INFINITY;
                best[l] = score > best[l] ? score : best[l];
            }
        }
        // Of queries that have seen nothing yet −∞ + ∞ were no number.
        for (int l = 0; l < lanes; l++) reference[l] = best[l] == -INFINITY ? 0 : best[l];
        for (long p = 0; p < pixels; p++) {
            float *row = scores + p * stride + q;
            unsigned word = mask_word(bits, words, p, q);
            for (int l = 0; l < lanes; l++) {
                float e = exp2_nonpositive(row[l] - reference[l]);
                e = word >> l & 1 ? e : 0;
                row[l] = e;
                sum[l] += e;
            }
        }
        for (int l = 0; l < lanes; l++) {
            float factor = exp2_nonpositive(most[q + l] - reference[l]);
            sums[q + l] = sums[q + l] * factor + sum[l];
            factors[q + l] = factor;
            most[q + l] = best[l];
        }
    }
}

KERNEL(void, pk_attention_gradient, (float *scores, float *products, long stride, const unsigned *bits, long words,
    long pixels, const float *most, const float *inverse_sum, const float *along), (scores, products, stride, bits,
    words, pixels, most, inverse_sum, along))
{
    for (long q = 0; q < stride; q += lanes) {
        float top[lanes], inverse[lanes], mean[lanes];
        for (int l = 0; l < lanes; l++) top[l] = most[q + l], inverse[l] = inverse_sum[q + l], mean[l] = along[q + l];
        for (long p = 0; p < pixels; p++) {
            float *row = scores + p * stride + q;
            unsigned word = mask_word(bits, words, p, q);
            for (int l = 0; l < lanes; l++) {
                float e = exp2_nonpositive(row[l] - top[l]) * inverse[l];
                row[l] = word >> l & 1 ? e : 0;
            }
            float *product = products + p * stride + q;
            for (int l = 0; products && l < lanes; l++) product[l] = row[l] * (product[l] - mean[l]);
        }
    }
}

long pk_attention_row_width(long width)
{
    long one = pk_convolution_kernels()->lanes;
    return (width + one - 1) / one * one;
}

STATIC_KERNEL(void, pack_head, (const float *rows, long stride, long pixels, long width, long row_width,
    float *restrict packed), (rows, stride, pixels, width, row_width, packed))
{
    for (long p = 0; p < pixels; p++, rows += stride, packed += row_width)
        for (long c = 0; c < row_width; c++) packed[c] = c < width ? rows[c] : 0;
}

void pk_attention_pack(const float *rows, long stride, long pixels, long heads, long width, float *packed)
{
    long row_width = pk_attention_row_width(width);
    for (long h = 0; h < heads; h++)
        pack_head(rows + h * width, stride, pixels, width, row_width, packed + h * pixels * row_width);
}

/// Columns [c, c + panel_columns(…)) of sums lie together, row by row.
INLINE long panel_columns(long row_width, long c)
{
    return minimum(2 * pk_convolution_kernels()->lanes, row_width - c);
}

STATIC_KERNEL(void, multiply_rows, (float *rows, long count, long width, const float *factors), (rows, count, width,
    factors))
{
    for (long r = 0; r < count; r++)
        for (long c = 0; c < width; c++) rows[r * width + c] *= factors[r];
}

void pk_attention_mix(
    const float *weights, long stride, long pixels, long queries, const float *values, long row_width,
    const float *factors, float *sums)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    for (long c = 0, columns; c < row_width; c += columns) {
        columns = panel_columns(row_width, c);
        float *panel = sums + c * queries;
        if (factors) multiply_rows(panel, queries, columns, factors);
        for (long q = 0; q < queries; q += kernels->rows) {
            const float *table[2] = {weights + q, values + c};
            struct outer_lines lines = {table, 1, pixels, stride, row_width, 0, table[0], stride};
            kernels->outer(minimum(kernels->rows, queries - q), columns / kernels->lanes, &lines, panel + q * columns);
        }
    }
}

STATIC_KERNEL(void, add_rows, (const float *rows, long count, long width, long valid, const float *factors, float *y,
    long y_stride), (rows, count, width, valid, factors, y, y_stride))
{
    for (long r = 0; r < count; r++, rows += width, y += y_stride)
        for (long c = 0; c < valid; c++) y[c] += factors[r] * rows[c];
}

void pk_attention_add(const float *sums, long queries, long width, const float *factors, float *y, long y_stride)
{
    for (long c = 0, columns; c < width; c += columns) {
        columns = panel_columns(pk_attention_row_width(width), c);
        add_rows(sums + c * queries, queries, columns, minimum(columns, width - c), factors, y + c, y_stride);
    }
}
