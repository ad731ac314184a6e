// How the process ends where memory cannot be had.
#ifndef CMEMORY_H
#define CMEMORY_H

#include <stddef.h>

// Ends the process with status 1 and one line: so many bytes, for a purpose such as "a tensor" (NULL: none is named),
// cannot be had. It takes no memory.
_Noreturn void memory_short(size_t bytes, const char *purpose);

// A buffer to be given back by `free`; NULL where it cannot be had.
void *memory_aligned(size_t alignment, size_t bytes);

// What the line ends with: what a user of the command can change. Longer texts than 300 bytes are cut.
void memory_short_advise(const char *text);

// Bytes that tensors hold, for the line.
void memory_short_note_tensors(size_t bytes);

#endif
