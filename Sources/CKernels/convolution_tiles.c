// The register-tiled kernels: one set for each instruction set, chosen by what the processor has.
#include "convolution_table.h"

#if defined(__x86_64__)
#define KERNEL_TARGET __attribute__((target("avx512f,avx2,fma,prfchw")))
#define KERNEL(name) name##_avx512
#define LANES 16
#define ROWS 12
#include "convolution_kernels.h"
#undef KERNEL_TARGET
#undef KERNEL
#undef LANES
#undef ROWS

#define KERNEL_TARGET __attribute__((target("avx2,fma,prfchw")))
#define KERNEL(name) name##_avx2
#define LANES 8
#define ROWS 6
#include "convolution_kernels.h"
#undef KERNEL_TARGET
#undef KERNEL
#undef LANES
#undef ROWS
#endif

#define KERNEL_TARGET
#define KERNEL(name) name##_baseline
#if defined(__x86_64__)
#define LANES 4
#define ROWS 6
#else
#define LANES 8
#define ROWS 6
#endif
#include "convolution_kernels.h"

const struct kernel_table *pk_convolution_kernels(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f")) return &kernels_avx512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2;
#endif
    return &kernels_baseline;
}
