// What happens where memory cannot be had.
#ifndef CMEMORY_H
#define CMEMORY_H

#include <stddef.h>

// So many bytes, for a purpose such as "a tensor" (NULL: none is named), cannot be had.
typedef void (*memory_handler)(size_t bytes, const char *purpose);

// Says who ends the process; nothing of ours goes on without the memory.
void memory_set_handler(memory_handler handler);

// Tells the handler; where there is none, or it returns, the process is aborted. It takes no memory.
_Noreturn void memory_short(size_t bytes, const char *purpose);

// A buffer to be given back by `free`; NULL where it cannot be had.
void *memory_aligned(size_t alignment, size_t bytes);

// What a user of the command can change. Longer texts than 300 bytes are cut.
void memory_short_advise(const char *text);
const char *memory_short_advice(void);

// Bytes that tensors held when memory was short.
void memory_short_note_tensors(size_t bytes);
size_t memory_short_tensors(void);

#endif
