// Stores that go past the caches: to a map too large to be found there again.
#pragma once
#include "include/convolution.h"

/// Orders what was stored past the caches before what follows, for the threads that read it next.
static inline void order_streams(void)
{
#if defined(__x86_64__)
    __builtin_ia32_sfence();
#endif
}

static inline void finish_streams(const struct convolution_epilogue *epilogue)
{
    if (epilogue->streams) order_streams();
}
