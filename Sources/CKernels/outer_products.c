#include "outer_products.h"

enum { line_floats = 16 };

/// Has the next tile fetch a line for each of its rows.
static void take_fetched(struct fetched_runs *fetched, struct outer_lines *lines)
{
    for (int run = 0; run < 2; run++) {
        if (fetched->lines[run] <= 0) continue;
        lines->ahead = fetched->starts[run];
        lines->ahead_step = line_floats;
        fetched->starts[run] += lines->pixels * line_floats;
        fetched->lines[run] -= lines->pixels;
        return;
    }
}

void pk_add_outer_products(
    const struct product_rows *left, const struct product_rows *right, long rows, int begins, long panel_rows,
    long first_row, float *target, struct fetched_runs *fetched)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    long blocks = (left->count + kernels->rows - 1) / kernels->rows, whole = 2 * kernels->lanes;
    for (long panel = 0; panel * whole < right->count; panel++) {
        long width = pk_convolution_panel_lanes(panel, right->count);
        float *panel_target = target + panel * whole * panel_rows;
        for (long block = 0; block < blocks; block++) {
            // Nearly equal sizes: 64 rows are 11 + 11 + 11 + 11 + 10 + 10.
            long first = left->count * block / blocks, count = left->count * (block + 1) / blocks - first;
            const float *table[] = {left->floats + first, right->floats + panel * whole};
            struct outer_lines lines = {table, 1, rows, left->step, right->step, begins, table[0], 0};
            take_fetched(fetched, &lines);
            kernels->outer(count, width / kernels->lanes, &lines, panel_target + (first_row + first) * width);
        }
    }
}
