#include "CJPEG.h"
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <jpeglib.h>
#include <jerror.h>

_Static_assert(CJPEG_MESSAGE_CAPACITY >= JMSG_LENGTH_MAX, "room for libjpeg's longest message");

// Enough for any camera; a file of a few bytes can otherwise ask for thousands of passes over a large
// picture.
enum { MOST_SCANS = 500 };

typedef struct {
    struct jpeg_error_mgr base;  // first, so that libjpeg's pointer is also ours
    jmp_buf escape;
    char *message;
} error_manager;

static void fail(j_common_ptr jpeg) {
    error_manager *manager = (error_manager *)jpeg->err;
    manager->base.format_message(jpeg, manager->message);
    longjmp(manager->escape, 1);
}

// libjpeg goes on after a warning, with grey where data is missing. Oddities that change no pixel are let
// through.
static void judge_warning(j_common_ptr jpeg, int level) {
    if (level >= 0) return;
    switch (jpeg->err->msg_code) {
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
        return;
    default:
        fail(jpeg);
    }
}

static void print_nothing(j_common_ptr jpeg) { (void)jpeg; }

static void limit_scans(j_common_ptr jpeg) {
    if (!jpeg->is_decompressor || ((j_decompress_ptr)jpeg)->input_scan_number <= MOST_SCANS) return;
    error_manager *manager = (error_manager *)jpeg->err;
    strncpy(manager->message, "more than 500 progressive scans", CJPEG_MESSAGE_CAPACITY);
    longjmp(manager->escape, 1);
}

static struct jpeg_error_mgr *start_errors(error_manager *errors, char *message) {
    jpeg_std_error(&errors->base);
    errors->base.error_exit = fail;
    errors->base.emit_message = judge_warning;
    errors->base.output_message = print_nothing;
    errors->message = message;
    return &errors->base;
}

int cjpeg_read_header(const uint8_t *bytes, size_t count, cjpeg_header *header, char *message) {
    struct jpeg_decompress_struct jpeg;
    error_manager errors;
    memset(&jpeg, 0, sizeof jpeg);
    jpeg.err = start_errors(&errors, message);
    if (setjmp(errors.escape)) {
        jpeg_destroy_decompress(&jpeg);
        return CJPEG_FAILED;
    }
    jpeg_create_decompress(&jpeg);
    jpeg_mem_src(&jpeg, (unsigned char *)bytes, count);
    jpeg_read_header(&jpeg, TRUE);
    header->width = jpeg.image_width;
    header->height = jpeg.image_height;
    header->components = jpeg.num_components;
    jpeg_destroy_decompress(&jpeg);
    return CJPEG_OK;
}

int cjpeg_decode_rgb(const uint8_t *bytes, size_t count, uint32_t width, uint32_t height, uint8_t *rgb,
                     char *message) {
    struct jpeg_decompress_struct jpeg;
    struct jpeg_progress_mgr progress;
    error_manager errors;
    memset(&jpeg, 0, sizeof jpeg);
    memset(&progress, 0, sizeof progress);
    progress.progress_monitor = limit_scans;
    jpeg.err = start_errors(&errors, message);
    if (setjmp(errors.escape)) {
        jpeg_destroy_decompress(&jpeg);
        return CJPEG_FAILED;
    }
    jpeg_create_decompress(&jpeg);
    jpeg.progress = &progress;
    jpeg_mem_src(&jpeg, (unsigned char *)bytes, count);
    jpeg_read_header(&jpeg, TRUE);
    jpeg.out_color_space = JCS_RGB;
    jpeg.dct_method = JDCT_ISLOW;
    jpeg.do_fancy_upsampling = TRUE;
    jpeg_start_decompress(&jpeg);
    if (jpeg.output_width != width || jpeg.output_height != height || jpeg.output_components != 3) {
        strncpy(message, "the file changed while it was read", CJPEG_MESSAGE_CAPACITY);
        jpeg_destroy_decompress(&jpeg);
        return CJPEG_FAILED;
    }
    while (jpeg.output_scanline < height) {
        JSAMPROW row = rgb + (size_t)jpeg.output_scanline * width * 3;
        jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
    jpeg_destroy_decompress(&jpeg);
    return CJPEG_OK;
}

int cjpeg_encode_rgb(const uint8_t *rgb, uint32_t width, uint32_t height, int quality, cjpeg_buffer *buffer,
                     char *message) {
    struct jpeg_compress_struct jpeg;
    error_manager errors;
    unsigned long count = 0;
    memset(&jpeg, 0, sizeof jpeg);
    *buffer = (cjpeg_buffer){NULL, 0};
    jpeg.err = start_errors(&errors, message);
    if (setjmp(errors.escape)) {
        jpeg_destroy_compress(&jpeg);
        return CJPEG_FAILED;
    }
    jpeg_create_compress(&jpeg);
    jpeg_mem_dest(&jpeg, &buffer->bytes, &count);
    jpeg.image_width = width;
    jpeg.image_height = height;
    jpeg.input_components = 3;
    jpeg.in_color_space = JCS_RGB;
    jpeg_set_defaults(&jpeg);
    jpeg_set_quality(&jpeg, quality, TRUE);
    jpeg_start_compress(&jpeg, TRUE);
    while (jpeg.next_scanline < height) {
        JSAMPROW row = (JSAMPROW)rgb + (size_t)jpeg.next_scanline * width * 3;
        jpeg_write_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_compress(&jpeg);
    buffer->count = count;
    jpeg_destroy_compress(&jpeg);
    return CJPEG_OK;
}

void cjpeg_buffer_free(cjpeg_buffer *buffer) {
    free(buffer->bytes);
    *buffer = (cjpeg_buffer){NULL, 0};
}
