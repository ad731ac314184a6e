// JPEG in memory, through libjpeg. Every function returns a status and, when it is not CJPEG_OK, a message;
// libjpeg's longjmp never leaves this file's functions.
#ifndef CJPEG_H
#define CJPEG_H
#include <stddef.h>
#include <stdint.h>

enum { CJPEG_OK = 0, CJPEG_FAILED = 1 };
enum { CJPEG_MESSAGE_CAPACITY = 256 };

typedef struct {
    uint32_t width, height;
    int32_t components;        // 1 grey, 3 colour, 4 CMYK
} cjpeg_header;

// What the markers before the first scan say; `bytes` may be a prefix of the file that holds them.
int cjpeg_read_header(const uint8_t *bytes, size_t count, cjpeg_header *header, char *message);

// Decodes grey or colour to 8-bit RGB, `height` rows of 3 * width bytes: accurate integer DCT and smooth
// chroma upsampling, libjpeg's defaults. Missing or undecodable data is a failure, not a grey area.
int cjpeg_decode_rgb(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb,
                     char *message);

typedef struct {
    uint8_t *bytes;
    size_t count;
} cjpeg_buffer;

// Encodes `height` rows of 3 * width bytes RGB: baseline, colours at half the resolution, `quality` 1 to 100, libjpeg's
// defaults. The buffer belongs to the caller, also after a failure: cjpeg_buffer_free.
int cjpeg_encode_rgb(const uint8_t *rgb, uint32_t width, uint32_t height, int quality, cjpeg_buffer *buffer,
                     char *message);
void cjpeg_buffer_free(cjpeg_buffer *buffer);

#endif
