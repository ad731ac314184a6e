#pragma once

/// Of `total` points (x, y) the `count` whose values have the smallest magnitudes, in their order; of equals the first.
/// `scratch` has room for `total` numbers.
void pk_most_uncertain_points(
    const float *values, const float *points, long total, long count, unsigned *scratch, float *taken);
