#include "CPNG.h"
#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    const uint8_t *bytes;
    size_t count, position;
    char *message;
} reader;

static void say(char *message, const char *text) {
    strncpy(message, text, CPNG_MESSAGE_CAPACITY - 1);
    message[CPNG_MESSAGE_CAPACITY - 1] = 0;
}

static void fail(png_structp png, png_const_charp text) {
    say((char *)png_get_error_ptr(png), text);
    png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
    (void)png;
    (void)text;
}

static void read_bytes(png_structp png, png_bytep destination, size_t wanted) {
    reader *source = png_get_io_ptr(png);
    if (wanted > source->count - source->position) png_error(png, "the file ends early (truncated)");
    memcpy(destination, source->bytes + source->position, wanted);
    source->position += wanted;
}

// libpng about to read `source`; null, with a message, where it cannot start. Nothing here jumps: the caller
// calls setjmp before it goes on.
static png_structp start_reading(reader *source, png_infop *info) {
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, source->message, fail, ignore_warning);
    if (!png) return say(source->message, "libpng could not start"), NULL;
    *info = png_create_info_struct(png);
    if (!*info) {
        png_destroy_read_struct(&png, NULL, NULL);
        return say(source->message, "out of memory"), NULL;
    }
    png_set_read_fn(png, source, read_bytes);
    return png;
}

// Leaves out what no pixel needs, so that no text is unpacked: a few kilobytes of them can become gigabytes.
static void skip_texts(png_structp png) {
    static const png_byte names[] = "tEXt\0zTXt\0iTXt\0iCCP\0eXIf";
    png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, names, sizeof names / 5);
}

int cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *message) {
    reader source = {bytes, count, 0, message};
    png_infop info;
    png_structp png = start_reading(&source, &info);
    if (!png) return CPNG_FAILED;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return CPNG_FAILED;
    }
    skip_texts(png);
    png_read_info(png, info);
    header->width = png_get_image_width(png, info);
    header->height = png_get_image_height(png, info);
    header->bit_depth = png_get_bit_depth(png, info);
    header->color_type = png_get_color_type(png, info);
    png_destroy_read_struct(&png, &info, NULL);
    return CPNG_OK;
}

static void set_transforms(png_structp png, bool as_rgb) {
    if (as_rgb) {
        png_set_expand(png);
        png_set_strip_16(png);
        png_set_strip_alpha(png);
        png_set_gray_to_rgb(png);
        return;
    }
    png_set_packing(png);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    png_set_swap(png);
#endif
}

int cpng_decode(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, size_t row_bytes, bool as_rgb,
                void *pixels, char *message) {
    reader source = {bytes, count, 0, message};
    png_infop info;
    png_structp png = start_reading(&source, &info);
    if (!png) return CPNG_FAILED;
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_read_struct(&png, &info, NULL);
        return CPNG_FAILED;
    }
    skip_texts(png);
    png_read_info(png, info);
    if (png_get_image_width(png, info) != width || png_get_image_height(png, info) != height)
        png_error(png, "the file changed while it was read");
    set_transforms(png, as_rgb);
    int passes = png_set_interlace_handling(png);
    png_read_update_info(png, info);
    if (png_get_rowbytes(png, info) != row_bytes) png_error(png, "unexpected kind of pixels");
    for (int pass = 0; pass < passes; pass++)
        for (uint32_t y = 0; y < height; y++) png_read_row(png, (png_bytep)pixels + y * row_bytes, NULL);
    png_read_end(png, NULL);
    png_destroy_read_struct(&png, &info, NULL);
    return CPNG_OK;
}

static void append(png_structp png, png_bytep bytes, size_t count) {
    cpng_buffer *buffer = png_get_io_ptr(png);
    if (count > buffer->capacity - buffer->count) {
        size_t capacity = 2 * buffer->capacity + count + 4096;
        uint8_t *larger = realloc(buffer->bytes, capacity);
        if (!larger) png_error(png, "out of memory");
        buffer->bytes = larger;
        buffer->capacity = capacity;
    }
    memcpy(buffer->bytes + buffer->count, bytes, count);
    buffer->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

int cpng_encode(const void *pixels, uint32_t width, uint32_t height, int channels, int bit_depth,
                const uint8_t *palette, cpng_buffer *buffer, char *message) {
    *buffer = (cpng_buffer){NULL, 0, 0};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, fail, ignore_warning);
    if (!png) return say(message, "libpng could not start"), CPNG_FAILED;
    png_infop info = png_create_info_struct(png);
    if (!info) {
        png_destroy_write_struct(&png, NULL);
        return say(message, "out of memory"), CPNG_FAILED;
    }
    if (setjmp(png_jmpbuf(png))) {
        png_destroy_write_struct(&png, &info);
        return CPNG_FAILED;
    }
    png_set_write_fn(png, buffer, append, flush_nothing);
    int is_rgb = channels == 3;
    int color_type = is_rgb ? PNG_COLOR_TYPE_RGB : palette ? PNG_COLOR_TYPE_PALETTE : PNG_COLOR_TYPE_GRAY;
    png_set_IHDR(png, info, width, height, bit_depth, color_type, PNG_INTERLACE_NONE,
                 PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
    if (palette) {
        png_color colors[256];
        for (int i = 0; i < 256; i++)
            colors[i] = (png_color){palette[3 * i], palette[3 * i + 1], palette[3 * i + 2]};
        png_set_PLTE(png, info, colors, 256);
    }
    // Photographs: fast and filtered. Label maps: long runs, which filters only disturb.
    png_set_compression_level(png, is_rgb ? 3 : 6);
    png_set_filter(png, PNG_FILTER_TYPE_BASE, is_rgb ? PNG_FILTER_SUB | PNG_FILTER_UP : PNG_FILTER_NONE);
    png_write_info(png, info);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
    if (bit_depth == 16) png_set_swap(png);
#endif
    size_t row_bytes = (size_t)width * channels * (bit_depth / 8);
    for (uint32_t y = 0; y < height; y++) png_write_row(png, (png_const_bytep)pixels + y * row_bytes);
    png_write_end(png, info);
    png_destroy_write_struct(&png, &info);
    return CPNG_OK;
}

void cpng_buffer_free(cpng_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (cpng_buffer){NULL, 0, 0};
}
