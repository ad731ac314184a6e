// Products of any matrices by the register tiles of convolutions, which read one operand in panels and the other by its
// rows: a block of b is packed, and used for all rows of a; a transposed a is copied to rows, some at a time.
#include "include/matrix_product.h"
#include "convolution_pack.h"
#include "outer_products.h"

/// Sides of the blocks that are packed: they stay in the second cache.
enum { most_depth = 384, most_columns = 256, most_copied_rows = 192 };

static long packed_count(long columns, long depth)
{
    return pk_convolution_packed_count(minimum(columns, most_columns), minimum(depth, most_depth));
}

long pk_matrix_product_scratch_count(long rows, long columns, long depth)
{
    return most_columns + packed_count(columns, depth)
        + minimum(rows, most_copied_rows) * row_step(minimum(depth, most_depth));
}

STATIC_KERNEL(void, scale_rows, (float *c, long c_row, long rows, long columns, float factor),
    (c, c_row, rows, columns, factor))
{
    for (long r = 0; r < rows; r++)
        for (long i = 0; i < columns; i++) c[r * c_row + i] = factor == 0 ? 0 : c[r * c_row + i] * factor;
}

/// The product of `rows` rows of a, `a_row` floats apart, with packed panels, added to c where `adds`.
static void multiply_rows(
    const float *a, long a_row, long rows, long depth, const float *panels, long columns, const float *scale, int adds,
    float *c, long c_row)
{
    const float *table[pk_convolution_table_count(1)];
    long tap = 0, width = pk_convolution_panel_width();
    struct convolution_pass pass = {
        .input = a, .input_height = 1, .input_width = rows, .input_stride = a_row, .channels = depth, .images = 1,
        .height = 1, .width = rows, .input_step = 1, .tap_row_count = 1, .tap_column_count = 1, .tap_rows = &tap,
        .tap_columns = &tap, .zeros = a, .panels = panels, .output_channels = columns, .output = c, .output_height = 1,
        .output_width = rows, .output_stride = c_row, .output_step = 1,
        .epilogue = {.scale = scale, .residual = adds ? c : 0, .residual_stride = c_row},
    };
    pk_convolution_run(&pass, 0, rows, 0, (columns + width - 1) / width, table);
}

void pk_matrix_product(
    long rows, long columns, long depth, float alpha, struct strided_matrix a, struct strided_matrix b, float beta,
    float *c, long c_row, float *scratch)
{
    float *scale = scratch, *panels = scale + most_columns, *copied = panels + packed_count(columns, depth);
    if (depth == 0 || (beta != 0 && beta != 1)) scale_rows(c, c_row, rows, columns, beta);
    if (alpha != 1)
        for (long i = 0; i < minimum(columns, most_columns); i++) scale[i] = alpha;
    for (long column = 0; column < columns; column += most_columns)
        for (long level = 0; level < depth; level += most_depth) {
            long width = minimum(most_columns, columns - column), levels = minimum(most_depth, depth - level), tap = 0;
            long panel_width = pk_convolution_panel_width();
            pk_convolution_pack(
                b.data + level * b.row + column * b.column, width, b.column, 1, &tap, levels, b.row, 0,
                (width + panel_width - 1) / panel_width, panels);
            long step = a.column == 1 ? rows : most_copied_rows;
            for (long row = 0; row < rows; row += step) {
                long count = minimum(step, rows - row), a_row = a.row;
                const float *source = a.data + row * a.row + level * a.column;
                if (a.column != 1) {
                    a_row = row_step(levels);
                    pk_pack_columns(source, a.column, a.row, count, levels, a_row, copied);
                    source = copied;
                }
                multiply_rows(
                    source, a_row, count, levels, panels, width, alpha == 1 ? 0 : scale, level > 0 || beta != 0,
                    c + row * c_row + column, c_row);
            }
        }
}
