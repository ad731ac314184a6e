// The row sums of the losses and their derivatives.
#include "include/losses.h"
#include "kernel.h"
#include "softmax_row.h"

KERNEL(void, pk_cross_entropy_forward, (const float *restrict x, const long *restrict targets, long rows, long classes,
    float *restrict probabilities, double *restrict losses), (x, targets, rows, classes, probabilities, losses))
{
    for (long r = 0; r < rows; r++, x += classes, probabilities += classes) {
        SUM_IN_LANES
        float maximum;
        double sum = softmax_row(x, classes, probabilities, &maximum);
        losses[r] = log(sum) + (double)maximum - (double)x[targets[r]];
    }
}

KERNEL(double, pk_sigmoid_cross_entropy_sum, (const float *restrict x, const float *restrict targets, float positive,
    float negative, long count), (x, targets, positive, negative, count))
{
    SUM_IN_LANES
    double sum = 0;
    for (long i = 0; i < count; i++) {
        float above = x[i] < 0 ? 0 : x[i], magnitude = x[i] < 0 ? -x[i] : x[i];
        float loss = above - x[i] * targets[i] + log1p_unit(exp_float(-magnitude));
        sum += loss * (targets[i] > 0 ? positive : negative);
    }
    return sum;
}

KERNEL(void, pk_sigmoid_cross_entropy_backward, (const float *restrict x, const float *restrict targets, float positive,
    float negative, long count, float *restrict dx), (x, targets, positive, negative, count, dx))
{
    for (long i = 0; i < count; i++)
        dx[i] = (sigmoid_float(x[i]) - targets[i]) * (targets[i] > 0 ? positive : negative);
}

KERNEL(void, pk_dice_sums, (const float *restrict x, const float *restrict targets, long count, double sums[3]), (x,
    targets, count, sums))
{
    SUM_IN_LANES
    double products = 0, values = 0, wanted = 0;
    for (long i = 0; i < count; i++) {
        double s = sigmoid_float(x[i]), t = targets[i];
        products += s * t;
        values += s;
        wanted += t;
    }
    sums[0] = products;
    sums[1] = values;
    sums[2] = wanted;
}

KERNEL(void, pk_dice_backward, (const float *restrict x, const float *restrict targets, float slope, float offset,
    long count, float *restrict dx), (x, targets, slope, offset, count, dx))
{
    for (long i = 0; i < count; i++) {
        float s = sigmoid_float(x[i]);
        dx[i] = (slope * targets[i] + offset) * s * (1 - s);
    }
}
