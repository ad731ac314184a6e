#include "CShortage.h"
#include "CMemory.h"

#include <errno.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

// "12 MB", "300 kB" or "108 bytes", rounded up.
static const char *amount(size_t bytes, char text[32]) {
    if (bytes < 1000) snprintf(text, 32, "%zu bytes", bytes);
    else if (bytes < 10000000) snprintf(text, 32, "%zu kB", (bytes + 999) / 1000);
    else snprintf(text, 32, "%zu MB", (bytes + 999999) / 1000000);
    return text;
}

static void end_with_line(size_t bytes, const char *purpose) {
    static int has_begun;
    // Another thread writes the line already.
    if (__atomic_exchange_n(&has_begun, 1, __ATOMIC_SEQ_CST)) for (;;) pause();
    char line[640], wanted[32], held[32], allowed[32];
    size_t used = 0;
    // A progress line may stand on the terminal.
    if (isatty(STDERR_FILENO)) line[used++] = '\n';
#define ADD(...) used += (size_t)snprintf(line + used, sizeof line - used, __VA_ARGS__)
    ADD("error: memory is short: %s%s%s cannot be had", amount(bytes, wanted), purpose ? " for " : "",
        purpose ? purpose : "");
    size_t tensors = memory_short_tensors();
    if (tensors) ADD(" (tensors hold %s)", amount(tensors, held));
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        ADD("; the address space is limited to %s (ulimit -v)", amount(limit.rlim_cur, allowed));
    const char *advice = memory_short_advice();
    if (advice[0]) ADD("; %s", advice);
    ADD("\n");
    for (size_t done = 0; done < used;) {
        ssize_t written = write(STDERR_FILENO, line + done, used - done);
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) break;
        done += (size_t)written;
    }
    // Other threads go on meanwhile: nothing of the process may be taken apart under them.
    _exit(1);
}

void shortage_ends_with_line(void) { memory_set_handler(end_with_line); }

// Swift's arrays and objects end the process by a trap and a list of calls where they get no memory, libraries by
// whatever they think of. So the C library's functions for all of them are these.
#if defined(__GLIBC__)
void *__libc_malloc(size_t);
void *__libc_calloc(size_t, size_t);
void *__libc_realloc(void *, size_t);
void *__libc_memalign(size_t, size_t);

static void *had(void *block, size_t bytes) {
    if (!block && bytes) end_with_line(bytes, NULL);
    return block;
}

void *malloc(size_t bytes) { return had(__libc_malloc(bytes), bytes); }

void *calloc(size_t count, size_t size) {
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) bytes = (size_t)-1;
    return had(__libc_calloc(count, size), bytes);
}

void *realloc(void *block, size_t bytes) { return had(__libc_realloc(block, bytes), bytes); }

void *memalign(size_t alignment, size_t bytes) { return had(__libc_memalign(alignment, bytes), bytes); }

void *aligned_alloc(size_t alignment, size_t bytes) { return had(__libc_memalign(alignment, bytes), bytes); }

int posix_memalign(void **block, size_t alignment, size_t bytes) {
    *block = had(__libc_memalign(alignment, bytes), bytes);
    return 0;
}
#endif
