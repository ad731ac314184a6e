// Vectors of sixteen channels, and what is done to a finished sum before it is stored. Only for kernels
// that are always inlined into functions with KERNEL_CLONES.
#ifndef CKERNELS_EPILOGUE_H
#define CKERNELS_EPILOGUE_H
#include "streams.h"

enum { lanes = 16 };
typedef float vector __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
typedef float aligned_vector __attribute__((vector_size(lanes * 4), may_alias));
typedef int mask __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
#define INLINE static inline __attribute__((always_inline))

/// Stores channels c ..< c + 16 of one pixel; `output` and the residual start at the pixel's first channel.
INLINE void finish_vector(
    const vector *sum, long c, long pixel, const struct convolution_epilogue *epilogue, float *output)
{
    vector y = *sum;
    if (epilogue->scale) y *= *(const vector *)(epilogue->scale + c);
    if (epilogue->shift) y += *(const vector *)(epilogue->shift + c);
    if (epilogue->residual) y += *(const vector *)(epilogue->residual + pixel * epilogue->residual_stride
        + c);
    // Keeps NaN, which max(y, 0) would hide.
    if (epilogue->relu) y = (vector)((mask)y & ~(mask)(y <= (vector){0}));
    if (epilogue->streams)
        __builtin_nontemporal_store((aligned_vector)y, (aligned_vector *)(output + c));
    else
        *(vector *)(output + c) = y;
}

/// Stores channel c of one pixel.
INLINE void finish_lane(
    float y, long c, long pixel, const struct convolution_epilogue *epilogue, float *output)
{
    if (epilogue->scale) y *= epilogue->scale[c];
    if (epilogue->shift) y += epilogue->shift[c];
    if (epilogue->residual) y += epilogue->residual[pixel * epilogue->residual_stride + c];
    output[c] = epilogue->relu && y <= 0 ? 0 : y;
}

#endif
