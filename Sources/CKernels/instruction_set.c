// Which instruction set's kernels run.
#include "include/instruction_set.h"
#include "kernel.h"
#include <stdlib.h>
#include <string.h>

int pk_chosen_instruction_set;

int pk_instruction_set(void) { return pk_chosen_instruction_set; }

int pk_best_instruction_set(void)
{
#if defined(__x86_64__)
    // Asks the system, too, whether it saves the registers.
    __builtin_cpu_init();
    if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512cd")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512vl")
        ? 2 : 1;
#else
    return 0;
#endif
}

// Before main: no kernel waits for the choice, and no two threads make it.
__attribute__((constructor)) static void choose(void)
{
    static const char *const names[] = {"baseline", "avx2", "avx512"};
    const char *wish = getenv("PEM_KERNELS");
    int best = pk_best_instruction_set();
    pk_chosen_instruction_set = best;
    for (int i = 0; wish && i <= best; i++)
        if (!strcmp(wish, names[i])) pk_chosen_instruction_set = i;
}
