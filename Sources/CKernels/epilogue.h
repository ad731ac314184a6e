// What is done to a finished sum before it is stored. Only for kernels that are always inlined into a KERNEL.
#pragma once
#include "kernel.h"
#include "streams.h"
#include "vectors.h"

/// Stores channels c ..< c + 16 of `count` neighbouring pixels, whose first channels are `stride` floats apart at
/// `output`; the residual's pixels are counted from its start. `gate` is that of the pixels' image, or null.
INLINE void finish_vectors(
    const int count, const vector *sums, long c, long pixel, const struct convolution_epilogue *epilogue,
    const float *gate, float *output, long stride)
{
    vector y[4];
    for (int q = 0; q < count; q++) y[q] = sums[q];
    if (epilogue->scale)
        for (int q = 0; q < count; q++) y[q] *= *(const vector *)(epilogue->scale + c);
    if (epilogue->shift)
        for (int q = 0; q < count; q++) y[q] += *(const vector *)(epilogue->shift + c);
    if (epilogue->residual && !gate)
        for (int q = 0; q < count; q++)
            y[q] += *(const vector *)(epilogue->residual + (pixel + q) * epilogue->residual_stride + c);
    // Keeps NaN, which max(y, 0) would hide.
    if (epilogue->relu)
        for (int q = 0; q < count; q++) y[q] = (vector)((mask)y[q] & ~(mask)(y[q] <= (vector){0}));
    if (gate)
        for (int q = 0; q < count; q++) {
            vector x = *(const vector *)(epilogue->residual + (pixel + q) * epilogue->residual_stride + c);
            y[q] = x + x * *(const vector *)(gate + c) + y[q];
        }
    if (epilogue->streams)
        for (int q = 0; q < count; q++)
            __builtin_nontemporal_store((aligned_vector)y[q], (aligned_vector *)(output + q * stride + c));
    else
        for (int q = 0; q < count; q++) *(vector *)(output + q * stride + c) = y[q];
}

/// The same of one pixel.
INLINE void finish_vector(
    const vector *sum, long c, long pixel, const struct convolution_epilogue *epilogue, const float *gate,
    float *output)
{
    finish_vectors(1, sum, c, pixel, epilogue, gate, output, 0);
}

/// Stores channel c of one pixel.
INLINE void finish_lane(
    float y, long c, long pixel, const struct convolution_epilogue *epilogue, const float *gate, float *output)
{
    if (epilogue->scale) y *= epilogue->scale[c];
    if (epilogue->shift) y += epilogue->shift[c];
    float x = epilogue->residual ? epilogue->residual[pixel * epilogue->residual_stride + c] : 0;
    if (!gate) y += x;
    if (epilogue->relu && y <= 0) y = 0;
    output[c] = gate ? x + x * gate[c] + y : y;
}
