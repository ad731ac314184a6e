// The register-tiled kernels: one set for each instruction set.
#include "convolution_table.h"
#include "include/instruction_set.h"
#include "kernel.h"

#if defined(__x86_64__)
#define KERNEL_TARGET AVX512
#define TILE(name) name##_avx512
#define LANES 16
#define ROWS 12
#include "convolution_kernels.h"

#define KERNEL_TARGET AVX2
#define TILE(name) name##_avx2
#define LANES 8
#define ROWS 6
#include "convolution_kernels.h"
#endif

#define KERNEL_TARGET
#define TILE(name) name##_baseline
#if defined(__x86_64__)
#define LANES 4
#else
#define LANES 8
#endif
#define ROWS 6
#include "convolution_kernels.h"

const struct kernel_table *pk_convolution_kernels(void)
{
    static const struct kernel_table *const tables[] = {
        &kernels_baseline,
#if defined(__x86_64__)
        &kernels_avx2, &kernels_avx512,
#endif
    };
    return tables[pk_chosen_instruction_set];
}

long pk_multiply_registers(long rounds, float *sum)
{
    const struct kernel_table *kernels = pk_convolution_kernels();
    *sum = kernels->multiply_registers(rounds, 0.5f);
    return rounds * 2 * kernels->rows * kernels->lanes;
}
