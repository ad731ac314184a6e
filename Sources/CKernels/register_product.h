// Small matrix products in registers. Only for kernels that are always inlined into a KERNEL.
#pragma once
#include "include/matrix_product.h"
#include "kernel.h"
#include "vectors.h"

/// c[r] = Σ_k a(r, k) · b[k] for `rows` rows of `vectors` vectors; rows of b and c lie so many floats apart.
INLINE void product_tile(
    const int rows, const int vectors, struct strided_matrix a, long depth, const float *b, long b_row, float *c,
    long c_row)
{
    vector sums[8][2];
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) sums[r][v] = (vector){0};
    for (long k = 0; k < depth; k++, b += b_row) {
        vector columns[2];
        for (int v = 0; v < vectors; v++) columns[v] = *(const vector *)(b + v * lanes);
        for (int r = 0; r < rows; r++) {
            float factor = a.data[r * a.row + k * a.column];
            for (int v = 0; v < vectors; v++) sums[r][v] += factor * columns[v];
        }
    }
    for (int r = 0; r < rows; r++)
        for (int v = 0; v < vectors; v++) *(vector *)(c + r * c_row + v * lanes) = sums[r][v];
}

/// The same for up to eight rows.
INLINE void product_rows(
    long rows, const int vectors, struct strided_matrix a, long depth, const float *b, long b_row, float *c, long c_row)
{
    switch (rows) {
    case 1: product_tile(1, vectors, a, depth, b, b_row, c, c_row); break;
    case 2: product_tile(2, vectors, a, depth, b, b_row, c, c_row); break;
    case 3: product_tile(3, vectors, a, depth, b, b_row, c, c_row); break;
    case 4: product_tile(4, vectors, a, depth, b, b_row, c, c_row); break;
    case 5: product_tile(5, vectors, a, depth, b, b_row, c, c_row); break;
    case 6: product_tile(6, vectors, a, depth, b, b_row, c, c_row); break;
    case 7: product_tile(7, vectors, a, depth, b, b_row, c, c_row); break;
    default: product_tile(8, vectors, a, depth, b, b_row, c, c_row); break;
    }
}

/// Rows whose sums, two vectors each, fill the registers of the instruction set.
INLINE long product_row_count(void) { return pk_chosen_instruction_set == 2 ? 8 : 3; }
