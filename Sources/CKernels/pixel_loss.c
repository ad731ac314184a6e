// Per-pixel cross-entropy of logits that are resized on the way, with its gradient.
#include "include/pixel_loss.h"
#include "resized_rows.h"
#include "vector_lanes.h"
#include "vector_math.h"
#include <string.h>

enum { longest_run = 16 };

/// Classes are filled up, so that no vector is left half empty.
INLINE long filled(long classes) { return (classes + lanes - 1) / lanes * lanes; }

long pk_pixel_loss_scratch(const struct pk_pixels *pixels)
{
    return (2 * pixels->columns->input + longest_run) * filled(pixels->classes);
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

/// Pixels of a row that count and lie between the same two columns of the logits.
struct run {
    long count;
    /// Where the two columns' classes begin in a line.
    long left, right;
    /// The pixels' places in the row, and how near each is to the right column: 0 to 1.
    long place[longest_run];
    float after[longest_run];
    /// Their classes; e^(x − m) of those and Σ e^(x − m) of all classes; x − m. m is any number.
    long label[longest_run];
    float wanted[longest_run], total[longest_run], exponent[longest_run];
};

/// The run that begins at column `start`; returns the column after it.
INLINE long next_run(const struct pk_pixels *pixels, const unsigned short *labels, long start, struct run *run)
{
    const struct resize_axis *columns = pixels->columns;
    const long classes = filled(pixels->classes), end = minimum(start + longest_run, pixels->width);
    const int left = columns->lower[start], right = columns->upper[start];
    run->count = 0;
    run->left = left * classes;
    run->right = right * classes;
    long o = start;
    for (; o < end && columns->lower[o] == left && columns->upper[o] == right; o++) {
        if (labels[o] == pixels->ignored) continue;
        run->place[run->count] = o;
        run->after[run->count] = columns->weight[o];
        run->label[run->count++] = labels[o];
    }
    return o;
}

/// The logits of a pixel that lies between two columns, less `shift`.
#define LOGITS(left, right, after, shift) ((left) - (shift) + (after) * ((right) - (left)))

/// Powers of the logits of sixteen classes, which are added to `sum`, too.
INLINE void find_vector_of_powers(
    const vector *left, const vector *right, float after, float shift, float *powers, vector *sum)
{
    vector x = LOGITS(*left, *right, after, shift);
    exponentiate_nonpositive(&x);
    *(vector *)powers = x;
    *sum += x;
}

/// The same of all classes of one pixel by the largest of its own logits, which is returned.
INLINE float find_powers_of_pixel(
    const float *left, const float *right, float after, long classes, float *powers, float *total)
{
    vector largest = (vector){0} - INFINITY, sum = {0};
    for (long c = 0; c < classes; c += lanes) {
        const vector x = LOGITS(*(const vector *)(left + c), *(const vector *)(right + c), after, 0);
        largest = CHOSEN(x > largest, x, largest);
    }
    const float maximum = largest_lane(&largest);
    for (long c = 0; c < classes; c += lanes)
        find_vector_of_powers(
            (const vector *)(left + c), (const vector *)(right + c), after, maximum, powers + c, &sum);
    *total = sum_of_lanes(&sum);
    return maximum;
}

/// powers[i] [classes] = e^(x − m) of the run's pixel i; its total, its wanted power and exponent.
///
/// Logits between two columns are at most the largest of both, which is the m of the whole run: no pixel needs a
/// maximum of its own, unless all of its powers are tiny by that m.
INLINE void find_powers(struct run *run, const float *line, long classes, float *restrict powers)
{
    const float *left = line + run->left, *right = line + run->right;
    vector largest = (vector){0} - INFINITY, sums[longest_run];
    for (long c = 0; c < classes; c += lanes) {
        const vector a = *(const vector *)(left + c), b = *(const vector *)(right + c), larger = CHOSEN(a > b, a, b);
        largest = CHOSEN(larger > largest, larger, largest);
    }
    const float bound = largest_lane(&largest);
    for (long i = 0; i < run->count; i++) sums[i] = (vector){0};
    for (long c = 0; c < classes; c += lanes) {
        const vector a = *(const vector *)(left + c), b = *(const vector *)(right + c);
        for (long i = 0; i < run->count; i++)
            find_vector_of_powers(&a, &b, run->after[i], bound, powers + i * classes + c, &sums[i]);
    }
    for (long i = 0; i < run->count; i++) {
        const long label = run->label[i];
        float shift = bound;
        run->total[i] = sum_of_lanes(&sums[i]);
        if (run->total[i] < 1e-12f)
            shift = find_powers_of_pixel(left, right, run->after[i], classes, powers + i * classes, &run->total[i]);
        run->wanted[i] = powers[i * classes + label];
        run->exponent[i] = LOGITS(left[label], right[label], run->after[i], shift);
    }
}

/// Σ weight · (log total − exponent) of the run's pixels.
INLINE double loss_of(const struct run *run, const float *restrict weights)
{
    float losses[longest_run];
    for (int i = 0; i < longest_run; i++)
        losses[i] = i < run->count ? weights[i] * (log_float(run->total[i]) - run->exponent[i]) : 0;
    double sum = 0;
    for (int i = 0; i < longest_run; i++) sum += losses[i];
    return sum;
}

/// Adds weight · (powers / total − 1 at the label) of the run's pixels, taken back to the two columns, to `gathered`.
INLINE void gather(
    const struct run *run, const float *restrict weights, const float *restrict powers, long classes, float *gathered)
{
    float *left = gathered + run->left, *right = gathered + run->right;
    float before[longest_run], after[longest_run];
    for (int i = 0; i < run->count; i++) {
        const float scale = weights[i] / run->total[i];
        before[i] = scale * (1.0f - run->after[i]);
        after[i] = scale * run->after[i];
    }
    for (long c = 0; c < classes; c += lanes) {
        vector to_left = {0}, to_right = {0};
        for (long i = 0; i < run->count; i++) {
            const vector power = *(const vector *)(powers + i * classes + c);
            to_left += before[i] * power;
            to_right += after[i] * power;
        }
        *(vector *)(left + c) += to_left;
        *(vector *)(right + c) += to_right;
    }
    for (long i = 0; i < run->count; i++) {
        left[run->label[i]] -= weights[i] * (1.0f - run->after[i]);
        right[run->label[i]] -= weights[i] * run->after[i];
    }
}

KERNEL(double, pk_pixel_loss, (const struct pk_pixels *pixels, long row, long first, long last, float *scratch,
    float *gradient), (pixels, row, first, last, scratch, gradient))
{
    if (row >= pixels->height) return 0;
    const long classes = filled(pixels->classes), size = pixels->columns->input * classes;
    float *line = scratch, *gathered = scratch + size, *powers = scratch + 2 * size;
    const unsigned short *labels = pixels->labels + row * pixels->width;
    combine_classes(pixels, row, line);
    memset(gathered, 0, (size_t)size * sizeof *gathered);
    double loss = 0;
    struct run run;
    for (long start = 0; start < pixels->width;) {
        start = next_run(pixels, labels, start, &run);
        if (!run.count) continue;
        float weights[longest_run];
        for (int i = 0; i < run.count; i++)
            weights[i] = pixels->class_weights ? pixels->class_weights[run.label[i]] : 1.0f;
        find_powers(&run, line, classes, powers);
        loss += loss_of(&run, weights);
        if (gradient) gather(&run, weights, powers, classes, gathered);
    }
    if (gradient) spread_row(map_of(pixels), gathered, classes, row, first, last, gradient);
    return loss;
}

KERNEL(void, pk_pixel_probabilities, (const struct pk_pixels *pixels, long row, float *scratch,
    float *restrict probabilities), (pixels, row, scratch, probabilities))
{
    const long classes = filled(pixels->classes), size = pixels->columns->input * classes;
    const unsigned short *labels = pixels->labels + row * pixels->width;
    combine_classes(pixels, row, scratch);
    for (long o = 0; o < pixels->width; o++) probabilities[o] = 2;
    struct run run;
    for (long start = 0; start < pixels->width;) {
        start = next_run(pixels, labels, start, &run);
        find_powers(&run, scratch, classes, scratch + 2 * size);
        for (int i = 0; i < run.count; i++) probabilities[run.place[i]] = run.wanted[i] / run.total[i];
    }
}
