#include "include/optimizer.h"
#include "kernel.h"
// The innermost loops of the optimisers: one pass over memory each.

static inline float transformed(float gradient, struct gradient_transform transform)
{
    float g = gradient * transform.scale;
    g = g > transform.limit ? transform.limit : g;
    return g < -transform.limit ? -transform.limit : g;
}

KERNEL(void, pk_optimizer_adamw, (float *restrict value, float *restrict first, float *restrict second,
    const float *restrict gradient, long count, struct gradient_transform transform, struct adamw_step step), (value,
    first, second, gradient, count, transform, step))
{
    for (long i = 0; i < count; i++) {
        float g = transformed(gradient[i], transform);
        float m = first[i] + (g - first[i]) * step.first_share;
        float v = second[i] * step.second_keep + step.second_share * g * g;
        first[i] = m;
        second[i] = v;
        float deviation = __builtin_sqrtf(v) / step.root_correction + step.epsilon;
        value[i] = value[i] * step.decay - step.step_size * (m / deviation);
    }
}

STATIC_KERNEL(void, sgd_plain, (float *restrict value, const float *restrict gradient, long count,
    struct gradient_transform transform, struct sgd_step step), (value, gradient, count, transform, step))
{
    for (long i = 0; i < count; i++)
        value[i] -= step.rate * (transformed(gradient[i], transform) + step.weight_decay * value[i]);
}

STATIC_KERNEL(void, sgd_momentum, (float *restrict value, float *restrict velocity, const float *restrict gradient,
    long count, struct gradient_transform transform, struct sgd_step step), (value, velocity, gradient, count,
    transform, step))
{
    for (long i = 0; i < count; i++) {
        float g = transformed(gradient[i], transform) + step.weight_decay * value[i];
        float v = step.momentum * velocity[i] + g;
        velocity[i] = v;
        value[i] -= step.rate * (step.nesterov ? g + step.momentum * v : v);
    }
}

void pk_optimizer_sgd(
    float *value, float *velocity, const float *gradient, long count, struct gradient_transform transform,
    struct sgd_step step)
{
    if (velocity)
        sgd_momentum(value, velocity, gradient, count, transform, step);
    else
        sgd_plain(value, gradient, count, transform, step);
}

KERNEL(double, pk_optimizer_square_sum, (const float *gradient, long count, float scale), (gradient, count, scale))
{
    enum { lanes = 16 };
    double sums[lanes] = {0};
    long whole = count - count % lanes;
    for (long i = 0; i < whole; i += lanes)
        for (long lane = 0; lane < lanes; lane++) {
            double g = (double)gradient[i + lane] * scale;
            sums[lane] += g * g;
        }
    for (long i = whole; i < count; i++) {
        double g = (double)gradient[i] * scale;
        sums[i - whole] += g * g;
    }
    double sum = 0;
    for (long lane = 0; lane < lanes; lane++) sum += sums[lane];
    return sum;
}
