// TIFF in memory, through libtiff; only with the package trait TIFF. Every function returns a status and, when it is
// not CTIFF_OK, a message.
#ifndef CTIFF_H
#define CTIFF_H
#include <stddef.h>
#include <stdint.h>

enum { CTIFF_OK = 0, CTIFF_FAILED = 1 };
enum { CTIFF_MESSAGE_CAPACITY = 160 };

typedef struct {
    uint32_t width, height;
    int32_t bit_depth, channels;
    int32_t is_levels;    // whether values are whole numbers, grey levels from black up or indices of a palette
    int32_t orientation;  // 1 to 8, as Exif has them
} ctiff_header;

// What the first directory says; `bytes` may be a prefix of the file that holds it.
int ctiff_read_header(const uint8_t *bytes, size_t count, ctiff_header *header, char *message);

// Decodes to `height` rows of `row_bytes`: the values as they are stored, those of 16 bits in host order.
int ctiff_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, size_t row_bytes, void *pixels,
                 char *message);

#endif
