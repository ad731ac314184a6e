// A kernel is compiled for every instruction set; a table says which of them runs.
#pragma once

#define INLINE static inline __attribute__((always_inline))

INLINE long minimum(long a, long b) { return a < b ? a : b; }
INLINE long maximum(long a, long b) { return a > b ? a : b; }

/// See pk_instruction_set; the place in every table.
extern int pk_chosen_instruction_set;

/// Begins the definition of a function that other files call, the body follows:
/// KERNEL(void, pk_name, (const float *x, long count), (x, count)) { … }
#define KERNEL(type, name, parameters, arguments) KERNEL_OF(, type, name, parameters, arguments)
/// The same of a function that only this file calls.
#define STATIC_KERNEL(type, name, parameters, arguments) KERNEL_OF(static, type, name, parameters, arguments)

#if defined(__x86_64__)
#define AVX512 __attribute__((target("avx512f,avx2,fma,prfchw")))
#define AVX2 __attribute__((target("avx2,fma,prfchw")))
#define KERNEL_OF(storage, type, name, parameters, arguments) \
    INLINE type name##_body parameters; \
    static type name##_baseline parameters { return name##_body arguments; } \
    AVX2 static type name##_avx2 parameters { return name##_body arguments; } \
    AVX512 static type name##_avx512 parameters { return name##_body arguments; } \
    storage type name parameters \
    { \
        static type (*const table[]) parameters = {name##_baseline, name##_avx2, name##_avx512}; \
        return table[pk_chosen_instruction_set] arguments; \
    } \
    INLINE type name##_body parameters
#else
#define KERNEL_OF(storage, type, name, parameters, arguments) storage type name parameters
#endif
