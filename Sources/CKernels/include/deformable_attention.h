#pragma once

/// A map among the tokens: height × width of them, row by row, from `start` on.
struct token_level {
    long height, width, start;
};

/// Multi-scale deformable attention among the tokens of several maps. Every token is a query, and each of its heads
/// reads `points` places of every level.
struct deformable_attention {
    const struct token_level *levels;
    long level_count, heads, points;    ///< points: of a head and level, at most 64, 1024 of a query
    long head_channels;
};

/// What queries ask for, from the first of them on: (x, y) in pixels of the level from where the query itself lies
/// there, and weights, each as [heads][levels][points] with so many floats from query to query.
struct deformable_queries {
    const float *offsets, *weights;
    long offset_stride, weight_stride;
};

/// The weighted sums of the queries [first, last) of one image: y [last − first][heads · head_channels] from values
/// [heads][tokens][head_channels]. Samples are bilinear; of their four pixels those outside count as zero.
void pk_deformable_attention_forward(
    const struct deformable_attention *shape, const float *values, const struct deformable_queries *queries, long first,
    long last, float *y);

/// The gradients by one head and level of one image, of whose tokens `queries` and `dy` have all; those of offsets and
/// weights have the strides of `queries`. `dvalues`, [heads][tokens][head_channels], is added to in the order of the
/// queries, or null where it is not wanted.
void pk_deformable_attention_gradient(
    const struct deformable_attention *shape, const float *values, const struct deformable_queries *queries,
    const float *dy, long head, long level, float *dvalues, float *doffsets, float *dweights);
