// Per-pixel cross-entropy of logits that are resized on the way: one pixel's classes at a time, with their gradient.
#include "include/pixel_loss.h"
#include "resized_rows.h"
#include "softmax_row.h"
#include <string.h>

enum { lanes = 16, block = 32 };

/// Classes are filled up, so that no vector is left half empty.
INLINE long filled(long classes) { return (classes + lanes - 1) / lanes * lanes; }

long pk_pixel_loss_scratch(const struct pk_pixels *pixels)
{
    return (2 * pixels->columns->input + 1) * filled(pixels->classes);
}

INLINE struct resized_map map_of(const struct pk_pixels *pixels)
{
    return (struct resized_map){pixels->rows, pixels->columns->input, pixels->classes, pixels->classes};
}

/// Row `row` of the logits at the canvas's size before its columns are resized, classes filled up.
INLINE void combine_classes(const struct pk_pixels *pixels, long row, float *line)
{
    const long classes = filled(pixels->classes);
    combine_rows(map_of(pixels), pixels->logits, row, line, classes);
    // Classes that are none are too unlikely to count.
    for (long i = 0; i < pixels->columns->input; i++)
        for (long c = pixels->classes; c < classes; c++) line[i * classes + c] = -1e30f;
}

KERNEL(double, pk_pixel_loss, (const struct pk_pixels *pixels, long row, long first, long last, float *scratch,
    float *gradient), (pixels, row, first, last, scratch, gradient))
{
    if (row >= pixels->height) return 0;
    const struct resize_axis *columns = pixels->columns;
    const long classes = filled(pixels->classes), size = columns->input * classes;
    float *line = scratch, *gathered = scratch + size, *restrict values = scratch + 2 * size;
    const unsigned short *labels = pixels->labels + row * pixels->width;
    const float *weights = pixels->class_weights;
    combine_classes(pixels, row, line);
    memset(gathered, 0, (size_t)size * sizeof *gathered);
    double loss = 0;
    for (long start = 0; start < pixels->width; start += block) {
        // A sum of powers lies between 1 and 65536: so many of them have a product, and one logarithm serves them all.
        double product = 1;
        for (long o = start; o < minimum(start + block, pixels->width); o++) {
            const long label = labels[o];
            if (label == pixels->ignored) continue;
            float after = columns->weight[o], before = 1.0f - after;
            float *left = line + columns->lower[o] * classes, *right = line + columns->upper[o] * classes;
            for (long c = 0; c < classes; c++) values[c] = before * left[c] + after * right[c];
            const float wanted = values[label];
            float maximum;
            const double sum = softmax_row(values, classes, values, &maximum);
            if (weights) {
                loss += weights[label] * (log(sum) + (double)maximum - wanted);
                before *= weights[label];
                after *= weights[label];
            } else {
                product *= sum;
                loss += (double)maximum - wanted;
            }
            if (!gradient) continue;
            values[label] -= 1.0f;
            left += size;
            right += size;
            for (long c = 0; c < classes; c++) left[c] += before * values[c];
            for (long c = 0; c < classes; c++) right[c] += after * values[c];
        }
        loss += log(product);
    }
    if (gradient) spread_row(map_of(pixels), gathered, classes, row, first, last, gradient);
    return loss;
}

KERNEL(void, pk_pixel_probabilities, (const struct pk_pixels *pixels, long row, float *scratch,
    float *restrict probabilities), (pixels, row, scratch, probabilities))
{
    const struct resize_axis *columns = pixels->columns;
    const long classes = filled(pixels->classes);
    float *line = scratch, *restrict values = scratch + columns->input * classes;
    const unsigned short *labels = pixels->labels + row * pixels->width;
    combine_classes(pixels, row, line);
    for (long o = 0; o < pixels->width; o++) {
        SUM_IN_LANES
        const long label = labels[o];
        probabilities[o] = 2;
        if (label == pixels->ignored) continue;
        const float after = columns->weight[o], before = 1.0f - after;
        const float *left = line + columns->lower[o] * classes, *right = line + columns->upper[o] * classes;
        for (long c = 0; c < classes; c++) values[c] = before * left[c] + after * right[c];
        const float wanted = values[label], maximum = row_maximum(values, classes);
        float sum = 0;
        for (long c = 0; c < classes; c++) sum += exp_float(values[c] - maximum);
        probabilities[o] = exp_float(wanted - maximum) / sum;
    }
}
