#ifndef CKERNELS_TARGET_H
#define CKERNELS_TARGET_H

/// Put before an elementwise or gathering kernel: it is compiled for AVX-512, AVX2 with FMA, and the
/// baseline, and the loader picks one. Empty where the compiler cannot do that (macOS, other processors).
#if defined(__x86_64__) && defined(__linux__)
#define KERNEL_CLONES __attribute__((target_clones("avx512f", "arch=x86-64-v3", "default")))
#else
#define KERNEL_CLONES
#endif

#endif
