// PNG in memory, through libpng. Every function returns a status and, when it is not CPNG_OK, a message;
// libpng's longjmp never leaves this file's functions.
#ifndef CPNG_H
#define CPNG_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CPNG_OK = 0, CPNG_FAILED = 1 };
enum { CPNG_GREY = 0, CPNG_RGB = 2, CPNG_PALETTE = 3, CPNG_GREY_ALPHA = 4, CPNG_RGB_ALPHA = 6 };
enum { CPNG_MESSAGE_CAPACITY = 160 };

typedef struct {
    uint32_t width, height;
    int32_t bit_depth;         // 1, 2, 4, 8 or 16 per channel
    int32_t color_type;        // one of the kinds above
} cpng_header;

// What the chunks before the pixels say; `bytes` may be a prefix of the file that holds them.
int cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *message);

// Decodes to `height` rows of `row_bytes`. As RGB, 3 * width bytes each: 16-bit channels give their high byte, alpha
// is dropped, grey of 1, 2, 4 bits is spread over 0...255, palettes are looked up. Else to numbers as they are stored,
// of one byte, or of two in host order where the file has 16 bits: grey levels and palette indices, never spread, and
// all channels of other files.
int cpng_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, size_t row_bytes, bool as_rgb,
                void *pixels, char *message);

typedef struct {
    uint8_t *bytes;
    size_t count, capacity;
} cpng_buffer;

// Encodes `height` rows of `width` pixels of `channels` (1 or 3) and `bit_depth` (8, or 16 in host order).
// With a palette of 256 colours (768 bytes, red, green, blue) pixels of 8 bits are its indices; NULL: grey.
// The buffer belongs to the caller, also after a failure: cpng_buffer_free.
int cpng_encode(const void *pixels, uint32_t width, uint32_t height, int channels, int bit_depth,
                const uint8_t *palette, cpng_buffer *buffer, char *message);
void cpng_buffer_free(cpng_buffer *buffer);

#endif
