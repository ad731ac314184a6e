#pragma once

/// Rows and columns of a matrix: element (r, c) is at data[r · row + c · column].
struct strided_matrix {
    const float *data;
    long row, column;
};

/// Floats of scratch that pk_matrix_product needs.
long pk_matrix_product_scratch_count(long rows, long columns, long depth);

/// c = alpha · a · b + beta · c for a [rows, depth], b [depth, columns] and c, whose rows lie `c_row` floats apart.
/// Each row or each column of a and of b lies in one piece. Where beta is 0, what was in c does not count.
void pk_matrix_product(
    long rows, long columns, long depth, float alpha, struct strided_matrix a, struct strided_matrix b, float beta,
    float *c, long c_row, float *scratch);
