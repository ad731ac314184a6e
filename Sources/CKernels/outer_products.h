// Sums of outer products of rows of floats, by the register tiles.
#pragma once
#include "convolution_table.h"
#include "kernel.h"

/// Floats from one row to the next, for rows of `count` floats: an odd number of cache lines, so that a column of them
/// falls on all sets of the cache.
INLINE long row_step(long count) { return ((count + 15) / 16 | 1) * 16; }

/// `count` floats of each row of one operand of a product.
struct product_rows {
    const float *floats;
    long step, count;
};

/// What is to be in the cache when the next products begin; the products take from it while they are computed.
struct fetched_runs {
    const float *starts[2];
    long lines[2];    // of the cache
};

/// target[panel of right][first_row + l][panel width] += Σ over `rows` rows of left[l] · right[r], or = where `begins`.
/// A panel of the target has `panel_rows` rows.
void pk_add_outer_products(
    const struct product_rows *left, const struct product_rows *right, long rows, int begins, long panel_rows,
    long first_row, float *target, struct fetched_runs *fetched);
