// Multi-scale deformable attention: sums of bilinear samples of several maps, weighted by query and head.
#include "include/deformable_attention.h"
#include "kernel.h"
#include "vector_math.h"
#include "vectors.h"

enum { most_points = 1024, block_points = 64 };
/// Lines of so many values lie at different places of the cache's pages.
enum { line = most_points + 3 * lanes };

/// Where a point lies on one axis: the pixels before and after it, moved to the map where they are outside, whether
/// each is inside (1 or 0), and its share of the sample.
struct axis_sample {
    int pixels[2];
    float inside[2], shares[2];
};

INLINE int clamped(int value, int most)
{
    value = value < 0 ? 0 : value;
    return value > most ? most : value;
}

INLINE struct axis_sample sample_axis(float position, float size)
{
    // Bounded to where nothing is read, so that it fits an index. NaN stays, and makes the shares NaN.
    position = position < -2.0f ? -2.0f : position;
    position = position > size + 1.0f ? size + 1.0f : position;
    // Rounded down exactly: beside a pixel's centre the derivative jumps.
    int before = position == position ? (int)position : -2, last = (int)size - 1;
    before -= position < (float)before;
    float after = position - (float)before;
    struct axis_sample sample;
    sample.pixels[0] = clamped(before, last);
    sample.pixels[1] = clamped(before + 1, last);
    sample.inside[0] = (float)((before >= 0) & (before <= last));
    sample.inside[1] = (float)((before >= -1) & (before < last));
    sample.shares[0] = (1.0f - after) * sample.inside[0];
    sample.shares[1] = after * sample.inside[1];
    return sample;
}

/// A query's place in its map, as parts of its width and height.
INLINE void locate_query(const struct deformable_attention *shape, long query, float *x, float *y)
{
    long level = 0;
    while (level + 1 < shape->level_count && query >= shape->levels[level + 1].start) level++;
    const struct token_level *map = shape->levels + level;
    long row = (query - map->start) / map->width, column = (query - map->start) % map->width;
    *x = ((float)column + 0.5f) / (float)map->width;
    *y = ((float)row + 0.5f) / (float)map->height;
}

INLINE long token_count(const struct deformable_attention *shape)
{
    const struct token_level *last = shape->levels + shape->level_count - 1;
    return last->start + last->height * last->width;
}

/// The sums of `points` samples over the channels of one head, from `values` on.
INLINE void mix(
    const float *values, const int *const corners[4], const float *const weights[4], long points, long channels,
    float *y)
{
    long c = 0;
    for (; c + 2 * lanes <= channels; c += 2 * lanes) {
        vector top[2] = {{0}}, bottom[2] = {{0}};
        for (long k = 0; k < points; k++) {
            const vector *v[4];
            for (int i = 0; i < 4; i++) v[i] = (const vector *)(values + corners[i][k] + c);
            for (int i = 0; i < 2; i++) {
                top[i] += weights[0][k] * v[0][i];
                bottom[i] += weights[2][k] * v[2][i];
                top[i] += weights[1][k] * v[1][i];
                bottom[i] += weights[3][k] * v[3][i];
            }
        }
        for (int i = 0; i < 2; i++) *(vector *)(y + c + i * lanes) = top[i] + bottom[i];
    }
    for (; c < channels; c++) {
        float sum = 0;
        for (long k = 0; k < points; k++)
            for (int i = 0; i < 4; i++) sum += weights[i][k] * values[corners[i][k] + c];
        y[c] = sum;
    }
}

KERNEL(void, pk_deformable_attention_forward, (const struct deformable_attention *shape, const float *values,
    const struct deformable_queries *queries, long first, long last, float *y), (shape, values, queries, first, last,
    y))
{
    long per_head = shape->level_count * shape->points, count = shape->heads * per_head;
    long depth = shape->head_channels, channels = shape->heads * depth, head_values = token_count(shape) * depth;
    // Of each point's level.
    float widths[most_points], heights[most_points];
    int starts[most_points];
    for (long k = 0; k < count; k++) {
        const struct token_level *level = shape->levels + k % per_head / shape->points;
        widths[k] = (float)level->width;
        heights[k] = (float)level->height;
        starts[k] = (int)level->start;
    }
    int corners[4][line];
    float weights[4][line];
    const float *offsets = queries->offsets, *attention = queries->weights;
    long together = most_points / count;
    for (; first < last; first += together) {
        long block = minimum(together, last - first);
        for (long q = 0; q < block; q++) {
            float x, top;
            locate_query(shape, first + q, &x, &top);
            for (long k = 0; k < count; k++) {
                struct axis_sample across = sample_axis(x * widths[k] - 0.5f + offsets[2 * k], widths[k]);
                struct axis_sample down = sample_axis(top * heights[k] - 0.5f + offsets[2 * k + 1], heights[k]);
                for (int i = 0; i < 4; i++) {
                    int pixel = starts[k] + down.pixels[i / 2] * (int)widths[k] + across.pixels[i % 2];
                    corners[i][q * count + k] = pixel * (int)depth;
                    weights[i][q * count + k] = attention[k] * (down.shares[i / 2] * across.shares[i % 2]);
                }
            }
            offsets += queries->offset_stride;
            attention += queries->weight_stride;
        }
        // Head by head: what neighbouring queries read of one is in the nearest cache.
        for (long head = 0; head < shape->heads; head++)
            for (long q = 0; q < block; q++) {
                long at = q * count + head * per_head;
                const int *const c[4] = {corners[0] + at, corners[1] + at, corners[2] + at, corners[3] + at};
                const float *const w[4] = {weights[0] + at, weights[1] + at, weights[2] + at, weights[3] + at};
                mix(values + head * head_values, c, w, per_head, depth, y + q * channels + head * depth);
            }
        y += block * channels;
    }
}

/// The sums of the lanes of four vectors.
INLINE void lane_sums(const vector *p, float sums[4])
{
    vector a = __builtin_shufflevector(p[0], p[1], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
        + __builtin_shufflevector(p[0], p[1], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    vector b = __builtin_shufflevector(p[2], p[3], 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
        + __builtin_shufflevector(p[2], p[3], 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
    vector c = __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11, 16, 17, 18, 19, 24, 25, 26, 27)
        + __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15, 20, 21, 22, 23, 28, 29, 30, 31);
    c += __builtin_shufflevector(c, c, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13);
    for (int i = 0; i < 4; i++) sums[i] = c[4 * i] + c[4 * i + 1];
}

/// The products of a head's gradient with the four pixels of a sample; where wanted their gradients grow by it.
INLINE void spread(
    const float *dy, const float *values, float *dvalues, const int corners[4], const float weights[4], long channels,
    float products[4])
{
    long c = 0;
    vector p[4] = {{0}};
    for (; c + lanes <= channels; c += lanes) {
        vector g = *(const vector *)(dy + c);
        for (int i = 0; i < 4; i++) p[i] += g * *(const vector *)(values + corners[i] + c);
        if (dvalues)
            for (int i = 0; i < 4; i++) *(vector *)(dvalues + corners[i] + c) += weights[i] * g;
    }
    lane_sums(p, products);
    for (; c < channels; c++)
        for (int i = 0; i < 4; i++) {
            products[i] += dy[c] * values[corners[i] + c];
            if (dvalues) dvalues[corners[i] + c] += weights[i] * dy[c];
        }
}

KERNEL(void, pk_deformable_attention_gradient, (const struct deformable_attention *shape, const float *values,
    const struct deformable_queries *queries, const float *dy, long head, long level, float *dvalues,
    float *doffsets, float *dweights), (shape, values, queries, dy, head, level, dvalues, doffsets, dweights))
{
    const struct token_level *map = shape->levels + level;
    long points = shape->points, depth = shape->head_channels, channels = shape->heads * depth;
    long first_point = (head * shape->level_count + level) * points, tokens = token_count(shape);
    float width = (float)map->width, height = (float)map->height;
    values += (head * tokens + map->start) * depth;
    if (dvalues) dvalues += (head * tokens + map->start) * depth;
    dy += head * depth;
    // A block of points is located at once, in vectors; it holds those of whole queries.
    float x[block_points], y[block_points], attention[block_points], p[block_points][4];
    struct axis_sample across[block_points], down[block_points];
    long together = block_points / points;
    for (long first = 0; first < tokens; first += together) {
        long last = minimum(first + together, tokens), k = 0;
        for (long query = first; query < last; query++) {
            float left, top;
            locate_query(shape, query, &left, &top);
            const float *offset = queries->offsets + query * queries->offset_stride + 2 * first_point;
            const float *weight = queries->weights + query * queries->weight_stride + first_point;
            for (long point = 0; point < points; point++, k++) {
                x[k] = left * width - 0.5f + offset[2 * point];
                y[k] = top * height - 0.5f + offset[2 * point + 1];
                attention[k] = weight[point];
            }
        }
        long count = k;
        // Of the next block: steps from query to query are too long for the processor to foresee.
        for (long query = last; query < minimum(last + together, tokens); query++) {
            for (long c = 0; c < depth; c += lanes) __builtin_prefetch(dy + query * channels + c);
            long offset = query * queries->offset_stride + 2 * first_point;
            long weight = query * queries->weight_stride + first_point;
            __builtin_prefetch(queries->offsets + offset);
            __builtin_prefetch(queries->weights + weight);
            __builtin_prefetch(doffsets + offset, 1);
            __builtin_prefetch(dweights + weight, 1);
        }
        for (k = 0; k < count; k++) {
            across[k] = sample_axis(x[k], width);
            down[k] = sample_axis(y[k], height);
        }
        for (k = 0; k < count; k++) {
            int corners[4];
            float weights[4];
            for (int i = 0; i < 4; i++) {
                corners[i] = (down[k].pixels[i / 2] * (int)map->width + across[k].pixels[i % 2]) * (int)depth;
                weights[i] = attention[k] * (down[k].shares[i / 2] * across[k].shares[i % 2]);
            }
            spread(dy + (first + k / points) * channels, values, dvalues, corners, weights, depth, p[k]);
        }
        for (k = 0; k < count; k++) {
            const float *a = across[k].shares, *b = down[k].shares, *in = across[k].inside, *on = down[k].inside;
            long query = first + k / points, point = first_point + k % points;
            dweights[query * queries->weight_stride + point] =
                b[0] * (a[0] * p[k][0] + a[1] * p[k][1]) + b[1] * (a[0] * p[k][2] + a[1] * p[k][3]);
            float *offset = doffsets + query * queries->offset_stride + 2 * point;
            offset[0] = attention[k]
                * (b[0] * (in[1] * p[k][1] - in[0] * p[k][0]) + b[1] * (in[1] * p[k][3] - in[0] * p[k][2]));
            offset[1] = attention[k]
                * (a[0] * (on[1] * p[k][2] - on[0] * p[k][0]) + a[1] * (on[1] * p[k][3] - on[0] * p[k][1]));
        }
    }
}
