#include "CTIFF.h"

#ifdef PEM_TIFF
#include <pthread.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <tiffio.h>

typedef struct {
    const uint8_t *bytes;
    size_t count, position;
    char *message;
} reader;

// The first message of a file tells the cause; what follows from it is left out.
static void say(char *message, const char *text) {
    if (!message[0]) snprintf(message, CTIFF_MESSAGE_CAPACITY, "%s", text);
}

static void fail(thandle_t file, const char *module, const char *format, va_list arguments) {
    (void)module;
    char text[CTIFF_MESSAGE_CAPACITY];
    vsnprintf(text, sizeof text, format, arguments);
    if (file) say(((reader *)file)->message, text);
}

// libtiff's handlers are the process's: set once, they find the file's message through its handle.
static void set_handlers(void) {
    TIFFSetErrorHandler(NULL);
    TIFFSetWarningHandler(NULL);
    TIFFSetErrorHandlerExt(fail);
}

static tmsize_t read_bytes(thandle_t file, void *destination, tmsize_t wanted) {
    reader *source = file;
    size_t left = source->position < source->count ? source->count - source->position : 0;
    size_t given = (size_t)wanted < left ? (size_t)wanted : left;
    memcpy(destination, source->bytes + (left ? source->position : 0), given);
    source->position += given;
    return (tmsize_t)given;
}

static tmsize_t write_nothing(thandle_t file, void *bytes, tmsize_t count) {
    (void)file, (void)bytes, (void)count;
    return 0;
}

static toff_t seek(thandle_t file, toff_t offset, int whence) {
    reader *source = file;
    size_t base = whence == SEEK_CUR ? source->position : whence == SEEK_END ? source->count : 0;
    return source->position = base + offset;
}

static int close_nothing(thandle_t file) {
    (void)file;
    return 0;
}

static toff_t size(thandle_t file) { return ((reader *)file)->count; }

static TIFF *start_reading(reader *source) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, set_handlers);
    source->message[0] = 0;
    TIFF *tiff = TIFFClientOpen("file", "rm", source, read_bytes, write_nothing, seek, close_nothing, size, NULL, NULL);
    if (!tiff) say(source->message, "libtiff could not start");
    return tiff;
}

static ctiff_header header_of(TIFF *tiff) {
    uint32_t width = 0, height = 0;
    uint16_t bits = 1, channels = 1, format = SAMPLEFORMAT_UINT, kind = 0xFFFF, orientation = ORIENTATION_TOPLEFT;
    TIFFGetField(tiff, TIFFTAG_IMAGEWIDTH, &width);
    TIFFGetField(tiff, TIFFTAG_IMAGELENGTH, &height);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_BITSPERSAMPLE, &bits);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLESPERPIXEL, &channels);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_SAMPLEFORMAT, &format);
    TIFFGetFieldDefaulted(tiff, TIFFTAG_ORIENTATION, &orientation);
    TIFFGetField(tiff, TIFFTAG_PHOTOMETRIC, &kind);
    bool is_whole = format == SAMPLEFORMAT_UINT || format == SAMPLEFORMAT_VOID;
    bool is_levels = is_whole && (kind == PHOTOMETRIC_MINISBLACK || kind == PHOTOMETRIC_PALETTE);
    return (ctiff_header){width, height, bits, channels, is_levels, orientation};
}

int ctiff_read_header(const uint8_t *bytes, size_t count, ctiff_header *header, char *message) {
    reader source = {bytes, count, 0, message};
    TIFF *tiff = start_reading(&source);
    if (!tiff) return CTIFF_FAILED;
    *header = header_of(tiff);
    TIFFClose(tiff);
    return CTIFF_OK;
}

static int read_rows(TIFF *tiff, uint32_t width, uint32_t height, size_t row_bytes, void *pixels, char *message) {
    ctiff_header header = header_of(tiff);
    if (header.width != width || header.height != height) return say(message, "the file changed while it was read"), 0;
    if ((size_t)TIFFScanlineSize(tiff) != row_bytes) return say(message, "unexpected kind of pixels"), 0;
    for (uint32_t y = 0; y < height; y++)
        if (TIFFReadScanline(tiff, (uint8_t *)pixels + y * row_bytes, y, 0) < 0)
            return say(message, "a row cannot be read"), 0;
    return 1;
}

int ctiff_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, size_t row_bytes, void *pixels,
                 char *message) {
    reader source = {bytes, count, 0, message};
    TIFF *tiff = start_reading(&source);
    if (!tiff) return CTIFF_FAILED;
    int is_read = read_rows(tiff, width, height, row_bytes, pixels, message);
    TIFFClose(tiff);
    return is_read ? CTIFF_OK : CTIFF_FAILED;
}
#endif
