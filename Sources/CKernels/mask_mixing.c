// Masks at stride 4 to class scores of pixels. Four pixels lie between two neighbouring columns of mask logits, a cell;
// the first cell has the pixels −2 … 1, for the first column is repeated before it.
#include "include/mask_mixing.h"
#include "convolution_table.h"
#include "vector_math.h"
#include "window_vectors.h"

/// Pixels of a cell; classes whose sums are held in registers, at most; queries whose cells are enlarged together.
enum { cell = 4, most_mixed = 6, enlarged_together = 4 };

KERNEL(int, pk_mask_row, (const float *logits, long logit_stride, long width, long queries, float *row, long stride),
    (logits, logit_stride, width, queries, row, stride))
{
    // e^±80 is a normal number, and so are the products of powers between the two. NaN is not bounded.
    const vector most = (vector){0} + 80.0f;
    mask are_bounded = ~(mask){0};
    for (long i = 0; i < stride; i += lanes) {
        const float *pixels[lanes];
        for (long l = 0; l < lanes; l++)
            pixels[l] = logits + maximum(0, minimum(i + l - 1, width - 1)) * logit_stride;
        for (long q = 0; q < queries; q += lanes) {
            float *columns = row + q * stride + i;
            transpose_rows(pixels, q, columns, stride);
            for (long l = 0; l < minimum(lanes, queries - q); l++) {
                vector x = *(const vector *)(columns + l * stride);
                are_bounded &= (x <= most) & (x >= -most);
            }
        }
    }
    int bounded = 1;
    for (long l = 0; l < lanes; l++) bounded &= are_bounded[l] != 0;
    return bounded;
}

/// Sixteen logits of query q from `column` on.
INLINE void load_logits(const struct mask_rows *rows, long q, long column, vector *x)
{
    const long place = q * rows->stride + column;
    *x = (1.0f - rows->weight) * *(const vector *)(rows->above + place)
        + rows->weight * *(const vector *)(rows->below + place);
}

/// Sigmoids of sixteen pixels: four cells from `column` on, of every query.
INLINE void enlarge_pixels(const struct mask_rows *rows, long column, float *probabilities)
{
    const vector after = {.125f, .375f, .625f, .875f, .125f, .375f, .625f, .875f,
                          .125f, .375f, .625f, .875f, .125f, .375f, .625f, .875f};
    for (long q = 0; q < rows->queries; q++) {
        vector x;
        load_logits(rows, q, column, &x);
        vector left = __builtin_shufflevector(x, x, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3);
        vector right = __builtin_shufflevector(x, x, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4);
        *(vector *)(probabilities + q * lanes) = (1.0f - after) * left + after * right;
    }
    // In a second pass: the compiler makes one loop of vectors of it.
    for (long i = 0; i < rows->queries * lanes; i++) probabilities[i] = bounded_sigmoid(probabilities[i]);
}

/// Sigmoids of sixteen cells from `column` on, of `count` queries from q on: vector p of a query holds pixel p of each
/// cell. The logits within a cell are an arithmetic series, so their powers are a geometric one.
INLINE void enlarge_queries(
    const int count, const struct mask_rows *rows, long q, long column, float *probabilities)
{
    vector powers[2 * enlarged_together], y[cell * enlarged_together];
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
        vector *left = &powers[2 * i], right;
        load_logits(rows, q + i, column, left);
        load_logits(rows, q + i, column + 1, &right);
        powers[2 * i + 1] = (right - *left) * 0.125f;
    }
    exponentiate_negated(2 * count, powers);
#pragma clang loop unroll(full)
    for (int i = 0; i < count; i++) {
        const vector ratio = powers[2 * i + 1] * powers[2 * i + 1];
        y[cell * i] = powers[2 * i] * powers[2 * i + 1];
        y[cell * i + 1] = y[cell * i] * ratio;
        y[cell * i + 2] = y[cell * i + 1] * ratio;
        y[cell * i + 3] = y[cell * i + 2] * ratio;
    }
    complement_fours(count, y);
    for (int i = 0; i < count; i++)
        for (int p = 0; p < cell; p++)
            *(vector *)(probabilities + (p * rows->queries + q + i) * lanes) = y[cell * i + p];
}

/// The same of every query.
INLINE void enlarge_cells(const struct mask_rows *rows, long column, float *probabilities)
{
    long q = 0;
    for (; q + enlarged_together <= rows->queries; q += enlarged_together)
        enlarge_queries(enlarged_together, rows, q, column, probabilities);
    for (; q < rows->queries; q++) enlarge_queries(1, rows, q, column, probabilities);
}

/// Sigmoids of pixels, [vectors][queries][16].
struct pixel_vectors {
    const float *probabilities;
    long queries, vectors;
};

/// sums[k][p] = Σ_q pixel[q][p] · class[q][first + k] for `count` classes and `abreast` vectors from `vector_number`
/// on.
INLINE void mix_classes(
    const int abreast, const int count, const struct pixel_vectors *pixels, long vector_number,
    const struct mask_classes *classes, long first, vector *sums)
{
    const long plane = pixels->queries * lanes;
    const float *probabilities = pixels->probabilities + vector_number * plane, *weights = classes->weights + first;
    vector totals[most_mixed * cell];
#pragma clang loop unroll(full)
    for (int i = 0; i < count * abreast; i++) totals[i] = (vector){0};
    for (long q = 0; q < pixels->queries; q++, probabilities += lanes, weights += classes->count) {
        vector x[cell];
#pragma clang loop unroll(full)
        for (int p = 0; p < abreast; p++) x[p] = *(const vector *)(probabilities + p * plane);
#pragma clang loop unroll(full)
        for (int k = 0; k < count; k++)
#pragma clang loop unroll(full)
            for (int p = 0; p < abreast; p++) totals[k * abreast + p] += x[p] * weights[k];
    }
#pragma clang loop unroll(full)
    for (int i = 0; i < count * abreast; i++) sums[i] = totals[i];
}

#define MIX(n) case n: mix_classes(abreast, n, pixels, vector_number, classes, first, sums); break;
INLINE void mix_any(
    const int abreast, long count, const struct pixel_vectors *pixels, long vector_number,
    const struct mask_classes *classes, long first, vector *sums)
{
    switch (count) {
        MIX(1) MIX(2) MIX(3) MIX(4) MIX(5) MIX(6)
    }
}
#undef MIX

long pk_mix_masks_together(long class_count)
{
    // The sums and the vectors that they are made from must stay in registers: 32 with AVX-512, for four vectors of
    // pixels; 16 with AVX2, where a vector is two of them, and with SSE, where it is four. Measured on an Intel Xeon
    // (Emerald Rapids), microseconds of a row of 2048 pixels, 100 queries, with 1 … 6 together. AVX-512: 162, 141, 135,
    // 97, 92, 97 of 19 classes; 881, 689, 415, 400, 395, 408 of 150. AVX2: 299, 237, 203, 174, 164, 213; 1738, 1247,
    // 991, 890, 795, 1089 (6 are spilled). SSE: 433, 466, 432, 483, 457, 448; 2436, 2722, 2288, 2920, 2600, 2695.
    // pem-bench --kernels-only measures these counts.
    long width = pk_convolution_kernels()->lanes, most = width == 16 ? most_mixed : width == 8 ? 5 : 3;
    // In equal parts, so that the last is not a small one.
    long parts = (class_count + most - 1) / most;
    return (class_count + parts - 1) / parts;
}

/// Labels and scores of a row.
struct row_target {
    unsigned short *labels;
    float *scores;
    long width, plane;
};

/// Labels and scores of `abreast` of the vectors of pixels. Lane l of vector p is the pixel x + vectors · l + p.
INLINE void choose_classes(
    const int abreast, const struct pixel_vectors *pixels, long vector_number, const struct mask_classes *classes,
    long x, const struct row_target *target)
{
    vector best[cell], sums[most_mixed * cell];
    mask place[cell];
    for (int p = 0; p < abreast; p++) place[p] = (mask){0};
    for (long first = 0; first < classes->count; first += classes->together) {
        const long count = minimum(classes->count - first, classes->together);
        mix_any(abreast, count, pixels, vector_number, classes, first, sums);
        if (first == 0)
            for (int p = 0; p < abreast; p++) best[p] = sums[p];
        for (long k = 0; k < count; k++)
#pragma clang loop unroll(full)
            for (int p = 0; p < abreast; p++) {
                const vector sum = sums[k * abreast + p];
                const mask better = sum > best[p];
                best[p] = CHOSEN(better, sum, best[p]);
                place[p] = (better & (int)(first + k)) | (~better & place[p]);
                if (!target->scores) continue;
                float *scores = target->scores + (first + k) * target->plane;
                for (long l = 0, i = x + vector_number + p; l < lanes; l++, i += pixels->vectors)
                    if (i >= 0 && i < target->width) scores[i] = sum[l];
            }
    }
    for (int p = 0; p < abreast; p++)
        for (long l = 0, i = x + vector_number + p; l < lanes; l++, i += pixels->vectors)
            if (i >= 0 && i < target->width) target->labels[i] = (unsigned short)place[p][l];
}

KERNEL(void, pk_mix_masks_row, (const struct mask_rows *rows, const struct mask_classes *classes, long width,
    float *probabilities, unsigned short *labels, float *scores, long plane), (rows, classes, width, probabilities,
    labels, scores, plane))
{
    const struct row_target target = {labels, scores, width, plane};
    for (long x = -2, column = 0; x < width;) {
        // Sixteen cells, or where few of them would be in the row, four.
        const long vectors = rows->is_bounded && width - x > 2 * lanes ? cell : 1;
        const struct pixel_vectors pixels = {probabilities, rows->queries, vectors};
        if (vectors == cell)
            enlarge_cells(rows, column, probabilities);
        else
            enlarge_pixels(rows, column, probabilities);
        if (vectors == cell && pk_convolution_kernels()->lanes == lanes)
            choose_classes(cell, &pixels, 0, classes, x, &target);
        else
            for (long p = 0; p < vectors; p++) choose_classes(1, &pixels, p, classes, x, &target);
        x += vectors * lanes;
        column += vectors * lanes / cell;
    }
}
