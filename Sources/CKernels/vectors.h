// Vectors of sixteen floats. Only for kernels that are always inlined into a KERNEL.
#pragma once

enum { lanes = 16 };
typedef float vector __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
typedef float aligned_vector __attribute__((vector_size(lanes * 4), may_alias));
typedef int mask __attribute__((vector_size(lanes * 4), aligned(4), may_alias));
