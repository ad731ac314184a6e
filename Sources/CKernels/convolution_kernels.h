// The register tiles, compiled once for each instruction set by convolution_tiles.c, which defines
// TILE(name), KERNEL_TARGET, LANES (floats of a vector), ROWS (broadcast values of a tile); the end undefines them.
#define TILE_INLINE KERNEL_TARGET static inline __attribute__((always_inline))
typedef float TILE(vector) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef int TILE(mask) __attribute__((vector_size(LANES * 4), aligned(4), may_alias));
typedef float TILE(aligned_vector) __attribute__((vector_size(LANES * 4), may_alias));
#define VECTOR TILE(vector)
#define ALIGNED_VECTOR TILE(aligned_vector)
#define MASK TILE(mask)

/// `extended`: there are columns or a gate, or sums are taken.
TILE_INLINE void TILE(store_whole)(
    VECTOR sums[ROWS][2], const int vectors, const int extended, const struct tile_target *target,
    const struct convolution_epilogue *epilogue)
{
    VECTOR scale[2], shift[2], total[2];
    for (int v = 0; v < vectors; v++) {
        scale[v] = epilogue->scale ? *(const VECTOR *)(epilogue->scale + v * LANES) : (VECTOR){0} + 1.0f;
        shift[v] = epilogue->shift ? *(const VECTOR *)(epilogue->shift + v * LANES) : (VECTOR){0};
        total[v] = (VECTOR){0};
    }
    int affine = epilogue->scale || epilogue->shift, gated = extended && epilogue->gate;
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) {
        if (r >= target->pixels) break;
        for (int v = 0; v < vectors; v++) {
            VECTOR y = sums[r][v];
            if (affine) y = y * scale[v] + shift[v];
            if (epilogue->residual && !gated)
                y += *(const VECTOR *)(epilogue->residual + target->residual_offsets[r] + v * LANES);
            if (extended && epilogue->columns)
                y += *(const VECTOR *)(epilogue->columns + target->column_offsets[r] + v * LANES);
            // Keeps NaN, which max(y, 0) would hide.
            if (epilogue->relu) y = (VECTOR)((MASK)y & ~(MASK)(y <= (VECTOR){0}));
            if (gated) {
                VECTOR x = *(const VECTOR *)(epilogue->residual + target->residual_offsets[r] + v * LANES);
                y = x + x * *(const VECTOR *)(epilogue->gate + v * LANES) + y;
            }
            if (extended) total[v] += y;
            float *output = target->output + target->offsets[r] + v * LANES;
            if (epilogue->streams)
                __builtin_nontemporal_store((ALIGNED_VECTOR)y, (ALIGNED_VECTOR *)output);
            else
                *(VECTOR *)output = y;
        }
    }
    if (extended && epilogue->sums)
        for (int v = 0; v < vectors; v++) *(VECTOR *)(epilogue->sums + v * LANES) += total[v];
}

TILE_INLINE void TILE(store_part)(
    VECTOR sums[ROWS][2], const int vectors, const struct tile_target *target,
    const struct convolution_epilogue *epilogue)
{
    float row[2 * LANES];
    int plain = !epilogue->scale && !epilogue->shift && !epilogue->residual && !epilogue->columns && !epilogue->relu
        && !epilogue->gate && !epilogue->sums;
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) {
        if (r >= target->pixels) return;
        for (int v = 0; v < vectors; v++) *(VECTOR *)(row + v * LANES) = sums[r][v];
        if (plain) {
            __builtin_memcpy(target->output + target->offsets[r], row, target->channels * sizeof(float));
            continue;
        }
        for (long c = 0; c < target->channels; c++) {
            float y = row[c];
            if (epilogue->scale) y *= epilogue->scale[c];
            if (epilogue->shift) y += epilogue->shift[c];
            float x = epilogue->residual ? epilogue->residual[target->residual_offsets[r] + c] : 0;
            if (!epilogue->gate) y += x;
            if (epilogue->columns) y += epilogue->columns[target->column_offsets[r] + c];
            if (epilogue->relu && y <= 0) y = 0;
            if (epilogue->gate) y = x + x * epilogue->gate[c] + y;
            if (epilogue->sums) epilogue->sums[c] += y;
            target->output[target->offsets[r] + c] = y;
        }
    }
}

/// sums += x · w over `depth` products a row. Those of the next tile are fetched meanwhile: they lie `ahead` floats
/// further; 0 fetches none.
TILE_INLINE void TILE(multiply)(
    const int vectors, VECTOR sums[ROWS][2], const float *const x[ROWS], long first, long depth, long ahead,
    const float *panel)
{
    enum { LINE = 16 };
    for (long start = first; start < first + depth; start += LINE) {
        long end = start + LINE < first + depth ? start + LINE : first + depth;
        if (ahead)
            for (int r = 0; r < ROWS; r++) __builtin_prefetch(x[r] + start + ahead);
#pragma clang loop unroll_count(2)
        for (long k = start; k < end; k++, panel += vectors * LANES) {
            VECTOR w[2];
            for (int v = 0; v < vectors; v++) w[v] = *(const VECTOR *)(panel + v * LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < ROWS; r++)
                for (int v = 0; v < vectors; v++) sums[r][v] += w[v] * x[r][k];
        }
    }
}

/// Fetches what the stores will need, while the sums are computed.
TILE_INLINE void TILE(fetch_target)(
    const int vectors, const struct tile_target *target, const struct convolution_epilogue *epilogue)
{
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < vectors; v++) {
            if (!epilogue->streams) __builtin_prefetch(target->output + target->offsets[r] + v * LANES, 1);
            if (epilogue->residual)
                __builtin_prefetch(epilogue->residual + target->residual_offsets[r] + v * LANES);
        }
}

/// ROWS pixels × (vectors · LANES) channels: the sums stay in registers over `DEPTH` products, then go to totals in the
/// cache: sums of thousands of products keep the accuracy of short ones.
TILE_INLINE void TILE(tile)(
    const int vectors, const float *const *rows, long runs, long length, const float *panel,
    const struct tile_target *target, const struct convolution_epilogue *epilogue)
{
    enum { DEPTH = 256 };
    VECTOR sums[ROWS][2], totals[ROWS][2];
    long depth = 0;
    int flushed = 0;
    TILE(fetch_target)(vectors, target, epilogue);
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < vectors; v++) sums[r][v] = (VECTOR){0};
    for (long run = 0; run < runs; run++, rows += ROWS) {
        const float *x[ROWS];
        for (int r = 0; r < ROWS; r++) x[r] = rows[r];
        for (long first = 0; first < length; first += DEPTH) {
            long count = length - first < DEPTH ? length - first : DEPTH;
            if (depth + count > DEPTH) {
                // Unrolled, as every loop over the sums: indexed by a variable they would leave the registers.
#pragma clang loop unroll(full)
                for (int r = 0; r < ROWS; r++)
#pragma clang loop unroll(full)
                    for (int v = 0; v < vectors; v++) {
                        totals[r][v] = flushed ? totals[r][v] + sums[r][v] : sums[r][v];
                        sums[r][v] = (VECTOR){0};
                    }
                flushed = 1;
                depth = 0;
            }
            TILE(multiply)(vectors, sums, x, first, count, target->ahead, panel);
            panel += count * vectors * LANES;
            depth += count;
        }
    }
    if (flushed) {
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++)
#pragma clang loop unroll(full)
            for (int v = 0; v < vectors; v++) sums[r][v] += totals[r][v];
    }
    if (target->channels == vectors * LANES) {
        if (epilogue->columns || epilogue->gate || epilogue->sums)
            TILE(store_whole)(sums, vectors, 1, target, epilogue);
        else
            TILE(store_whole)(sums, vectors, 0, target, epilogue);
    } else
        TILE(store_part)(sums, vectors, target, epilogue);
}

KERNEL_TARGET static void TILE(tile1)(
    const float *const *rows, long runs, long length, const float *panel, const struct tile_target *target,
    const struct convolution_epilogue *epilogue)
{
    TILE(tile)(1, rows, runs, length, panel, target, epilogue);
}
KERNEL_TARGET static void TILE(tile2)(
    const float *const *rows, long runs, long length, const float *panel, const struct tile_target *target,
    const struct convolution_epilogue *epilogue)
{
    TILE(tile)(2, rows, runs, length, panel, target, epilogue);
}

/// target[r][o] += Σ over lines and pixels of x[r] · dY[o], or = where `begins`: an outer product that stays in
/// registers, and is added as a whole.
TILE_INLINE void TILE(outer)(const int channels, const int vectors, const struct outer_lines *lines, float *target)
{
    VECTOR sums[ROWS][2];
#pragma clang loop unroll(full)
    for (int r = 0; r < channels; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) sums[r][v] = (VECTOR){0};
    for (long line = 0; line < lines->count; line++) {
        const float *x = lines->table[2 * line], *dy = lines->table[2 * line + 1], *ahead = lines->ahead;
        for (long p = 0; p < lines->pixels; p++, x += lines->step, dy += lines->gradient_step) {
            __builtin_prefetch(ahead, 0, 2);
            ahead += lines->ahead_step;
            VECTOR g[2];
            for (int v = 0; v < vectors; v++) g[v] = *(const VECTOR *)(dy + v * LANES);
#pragma clang loop unroll(full)
            for (int r = 0; r < channels; r++)
#pragma clang loop unroll(full)
                for (int v = 0; v < vectors; v++) sums[r][v] += g[v] * x[r];
        }
    }
#pragma clang loop unroll(full)
    for (int r = 0; r < channels; r++)
#pragma clang loop unroll(full)
        for (int v = 0; v < vectors; v++) {
            VECTOR *total = (VECTOR *)(target + (r * vectors + v) * LANES);
            *total = lines->begins ? sums[r][v] : *total + sums[r][v];
        }
}

#define OUTER(n) \
    case n: \
        if (vectors == 1) TILE(outer)(n, 1, lines, target); \
        else TILE(outer)(n, 2, lines, target); \
        break;
KERNEL_TARGET static void TILE(outer_any)(long channels, long vectors, const struct outer_lines *lines, float *target)
{
    switch (channels) {
        OUTER(1) OUTER(2) OUTER(3) OUTER(4)
#if ROWS > 4
        OUTER(5) OUTER(6)
#endif
#if ROWS > 6
        OUTER(7) OUTER(8) OUTER(9) OUTER(10) OUTER(11) OUTER(12)
#endif
    }
}
#undef OUTER

/// s = s · factor + factor for all sums of a tile, with nothing from memory.
KERNEL_TARGET static float TILE(multiply_registers)(long rounds, float factor)
{
    VECTOR sums[ROWS][2], w = (VECTOR){0} + factor;
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++)
        for (int v = 0; v < 2; v++) sums[r][v] = (VECTOR){0} + (float)(2 * r + v);
    for (long round = 0; round < rounds; round++)
#pragma clang loop unroll(full)
        for (int r = 0; r < ROWS; r++)
            for (int v = 0; v < 2; v++) sums[r][v] = sums[r][v] * w + w;
    float total = 0;
#pragma clang loop unroll(full)
    for (int r = 0; r < ROWS; r++) total += sums[r][0][0] + sums[r][1][0];
    return total;
}

static const struct kernel_table TILE(kernels) = {
    ROWS, LANES, TILE(tile1), TILE(tile2), TILE(outer_any), TILE(multiply_registers),
};
#undef TILE_INLINE
#undef VECTOR
#undef ALIGNED_VECTOR
#undef MASK
#undef KERNEL_TARGET
#undef TILE
#undef LANES
#undef ROWS
