// The transforms of F(points + 1 − taps, taps) in one dimension, of two or three taps (Lavin & Gray 2016;
// Toom–Cook).
//
// Four points are 0, ±1, ∞. Six are 0, ±a, ±b, ∞ with a = 1/√2, b = √2 in place of the usual 1 and 2: the powers in
// the transforms of F(4, 3) stay within 1/√8 … √8 instead of 1 … 8, and the rounding error is several times smaller.
#pragma once
#include "epilogue.h"

#define POINT_A 0.70710678118654752f
#define POINT_B 1.41421356237309505f
#define SQUARE_A 0.5f
#define SQUARE_B 2.0f

/// Bᵀ d: as many inputs as points, `step` vectors apart.
INLINE void transform_input(const int points, const vector *d, const int step, vector *t, const int target_step)
{
    if (points == 4) {
        t[0] = d[2 * step] - d[0];
        t[1 * target_step] = d[1 * step] + d[2 * step];
        t[2 * target_step] = d[2 * step] - d[1 * step];
        t[3 * target_step] = d[3 * step] - d[1 * step];
        return;
    }
    vector even = d[4 * step] - SQUARE_B * d[2 * step],
        odd = POINT_A * (d[3 * step] - SQUARE_B * d[1 * step]);
    t[1 * target_step] = even + odd;
    t[2 * target_step] = even - odd;
    even = d[4 * step] - SQUARE_A * d[2 * step];
    odd = POINT_B * (d[3 * step] - SQUARE_A * d[1 * step]);
    t[3 * target_step] = even + odd;
    t[4 * target_step] = even - odd;
    t[0] = SQUARE_A * SQUARE_B * d[0] - (SQUARE_A + SQUARE_B) * d[2 * step] + d[4 * step];
    t[5 * target_step] = SQUARE_A * SQUARE_B * d[1 * step] - (SQUARE_A + SQUARE_B) * d[3 * step]
        + d[5 * step];
}

/// G g: taps, `step` vectors apart, to points.
INLINE void transform_weight(
    const int points, const int taps, const vector *g, const int step, vector *t, const int target_step)
{
    t[(points - 1) * target_step] = g[(taps - 1) * step];
    vector even = g[0];
    if (points == 4) {
        if (taps == 3) even += g[2 * step];
        t[0] = -g[0];
        t[1 * target_step] = 0.5f * (even + g[1 * step]);
        t[2 * target_step] = 0.5f * (even - g[1 * step]);
        return;
    }
    const float at_a = 1 / (2 * SQUARE_A * (SQUARE_A - SQUARE_B)),
        at_b = 1 / (2 * SQUARE_B * (SQUARE_B - SQUARE_A));
    t[0] = g[0] * (1 / (SQUARE_A * SQUARE_B));
    if (taps == 3) even += SQUARE_A * g[2 * step];
    t[1 * target_step] = at_a * (even + POINT_A * g[1 * step]);
    t[2 * target_step] = at_a * (even - POINT_A * g[1 * step]);
    even = g[0];
    if (taps == 3) even += SQUARE_B * g[2 * step];
    t[3 * target_step] = at_b * (even + POINT_B * g[1 * step]);
    t[4 * target_step] = at_b * (even - POINT_B * g[1 * step]);
}

/// Aᵀ m: points, `step` vectors apart, to points + 1 − taps outputs.
INLINE void transform_output(
    const int points, const int taps, const vector *m, const int step, vector *y, const int target_step)
{
    const int outputs = points + 1 - taps;
    vector sum_a = m[1 * step] + m[2 * step], difference_a = m[1 * step] - m[2 * step];
    if (points == 4) {
        y[0] = m[0] + sum_a;
        y[1 * target_step] = difference_a;
        if (outputs > 2) y[2 * target_step] = sum_a;
        y[(outputs - 1) * target_step] += m[3 * step];
        return;
    }
    vector sum_b = m[3 * step] + m[4 * step], difference_b = m[3 * step] - m[4 * step];
    y[0] = m[0] + sum_a + sum_b;
    y[1 * target_step] = POINT_A * difference_a + POINT_B * difference_b;
    y[2 * target_step] = SQUARE_A * sum_a + SQUARE_B * sum_b;
    y[3 * target_step] = POINT_A * SQUARE_A * difference_a + POINT_B * SQUARE_B * difference_b;
    if (outputs > 4) y[4 * target_step] = SQUARE_A * SQUARE_A * sum_a + SQUARE_B * SQUARE_B * sum_b;
    y[(outputs - 1) * target_step] += m[5 * step];
}
