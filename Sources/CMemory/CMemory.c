#include "CMemory.h"

#include <stdlib.h>
#include <string.h>

static memory_handler handler;
static char advice[301];
static size_t tensor_bytes;

void memory_set_handler(memory_handler given) { __atomic_store_n(&handler, given, __ATOMIC_RELEASE); }

void memory_short_advise(const char *text) { strncpy(advice, text, sizeof advice - 1); }
const char *memory_short_advice(void) { return advice; }

void memory_short_note_tensors(size_t bytes) { __atomic_store_n(&tensor_bytes, bytes, __ATOMIC_RELAXED); }
size_t memory_short_tensors(void) { return __atomic_load_n(&tensor_bytes, __ATOMIC_RELAXED); }

_Noreturn void memory_short(size_t bytes, const char *purpose) {
    memory_handler told = __atomic_load_n(&handler, __ATOMIC_ACQUIRE);
    if (told) told(bytes, purpose);
    abort();
}

#if defined(__GLIBC__)
// Commands have a `posix_memalign` that ends the process.
void *__libc_memalign(size_t, size_t);

void *memory_aligned(size_t alignment, size_t bytes) { return __libc_memalign(alignment, bytes); }
#else
void *memory_aligned(size_t alignment, size_t bytes) {
    void *block = NULL;
    return posix_memalign(&block, alignment, bytes) == 0 ? block : NULL;
}
#endif
