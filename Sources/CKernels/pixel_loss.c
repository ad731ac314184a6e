// Per-pixel cross-entropy of logits that are resized on the way: one pixel's classes at a time, with their gradient.
#include "include/pixel_loss.h"
#include "kernel.h"
#include "softmax_row.h"
#include <string.h>

enum { lanes = 16, block = 32 };

/// Classes are filled up, so that no vector is left half empty.
INLINE long filled(long classes) { return (classes + lanes - 1) / lanes * lanes; }

long pk_pixel_loss_scratch(const struct pk_pixels *pixels)
{
    return (2 * pixels->columns->input + 1) * filled(pixels->classes);
}

/// Row `row` of the canvas before its columns are resized: [columns->input][filled]; the classes that are none are
/// too unlikely to count.
INLINE void combine_rows(const struct pk_pixels *pixels, long row, float *restrict line)
{
    const long width = pixels->columns->input, classes = pixels->classes, stride = filled(classes);
    const float *top = pixels->logits + pixels->rows->lower[row] * width * classes;
    const float *bottom = pixels->logits + pixels->rows->upper[row] * width * classes;
    const float below = pixels->rows->weight[row], above = 1.0f - below;
    for (long i = 0; i < width; i++, line += stride, top += classes, bottom += classes) {
        for (long c = 0; c < classes; c++) line[c] = above * top[c] + below * bottom[c];
        for (long c = classes; c < stride; c++) line[c] = -1e30f;
    }
}

/// Adds weight · line to row `row` of the gradient, where it is one of first ..< last.
INLINE void add_row(
    const struct pk_pixels *pixels, const float *restrict line, long row, float weight, long first, long last,
    float *restrict gradient)
{
    if (row < first || row >= last) return;
    const long width = pixels->columns->input, classes = pixels->classes;
    gradient += row * width * classes;
    for (long i = 0; i < width; i++, line += filled(classes), gradient += classes)
        for (long c = 0; c < classes; c++) gradient[c] += weight * line[c];
}

KERNEL(double, pk_pixel_loss, (const struct pk_pixels *pixels, long row, long first, long last, float *scratch,
    float *gradient), (pixels, row, first, last, scratch, gradient))
{
    if (row >= pixels->height) return 0;
    const struct resize_axis *columns = pixels->columns;
    const long classes = filled(pixels->classes), size = columns->input * classes;
    float *line = scratch, *gathered = scratch + size, *restrict values = scratch + 2 * size;
    const unsigned short *labels = pixels->labels + row * pixels->width;
    combine_rows(pixels, row, line);
    memset(gathered, 0, (size_t)size * sizeof *gathered);
    double loss = 0;
    for (long start = 0; start < pixels->width; start += block) {
        // A sum of powers lies between 1 and 65536: so many of them have a product, and one logarithm serves them all.
        double product = 1;
        for (long o = start; o < minimum(start + block, pixels->width); o++) {
            const long label = labels[o];
            if (label == pixels->ignored) continue;
            const float after = columns->weight[o], before = 1.0f - after;
            float *left = line + columns->lower[o] * classes, *right = line + columns->upper[o] * classes;
            for (long c = 0; c < classes; c++) values[c] = before * left[c] + after * right[c];
            const float wanted = values[label];
            float maximum;
            product *= softmax_row(values, classes, values, &maximum);
            loss += (double)maximum - wanted;
            if (!gradient) continue;
            values[label] -= 1.0f;
            left += size;
            right += size;
            for (long c = 0; c < classes; c++) left[c] += before * values[c];
            for (long c = 0; c < classes; c++) right[c] += after * values[c];
        }
        loss += log(product);
    }
    if (gradient) {
        const float below = pixels->rows->weight[row];
        add_row(pixels, gathered, pixels->rows->lower[row], 1.0f - below, first, last, gradient);
        add_row(pixels, gathered, pixels->rows->upper[row], below, first, last, gradient);
    }
    return loss;
}
