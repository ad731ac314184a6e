#pragma once

/// The best instruction set that this processor and its system can run: 0 baseline, 1 AVX2 with FMA, 2 AVX-512
/// (F, CD, BW, DQ, VL).
int pk_best_instruction_set(void);
/// The instruction set whose kernels run: the one that PEM_KERNELS (baseline, avx2, avx512) named when the process
/// began; the best where it names none that can run.
int pk_instruction_set(void);

/// Does multiply-adds of registers alone, 2 × `rows` × `lanes` of the register tile in each of `rounds`. Returns their
/// number; `sum` gets what keeps them from being left out.
long pk_multiply_registers(long rounds, float *sum);
