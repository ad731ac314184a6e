#pragma once

/// What every update does to a gradient before it is used: g = clamp(g · scale, ±limit).
struct gradient_transform {
    float scale;
    float limit;   ///< infinite for none
};

/// The numbers of one AdamW step (torch.optim.AdamW), with t counted from 1.
struct adamw_step {
    float decay;             ///< 1 − rate · weight decay
    float first_share;       ///< 1 − β1
    float second_keep;       ///< β2
    float second_share;      ///< 1 − β2
    float step_size;         ///< rate / (1 − β1^t)
    float root_correction;   ///< √(1 − β2^t)
    float epsilon;
};

/// value, first and second moment of `count` parameters, in place.
void pk_optimizer_adamw(
    float *value, float *first, float *second, const float *gradient, long count,
    struct gradient_transform transform, struct adamw_step step);

/// The numbers of one SGD step (torch.optim.SGD without dampening).
struct sgd_step {
    float rate;
    float weight_decay;
    float momentum;
    int nesterov;
};

/// value and velocity of `count` parameters, in place; velocity is null where momentum is 0.
void pk_optimizer_sgd(
    float *value, float *velocity, const float *gradient, long count, struct gradient_transform transform,
    struct sgd_step step);

/// Σ (gradient · scale)², summed in double in a fixed order.
double pk_optimizer_square_sum(const float *gradient, long count, float scale);
