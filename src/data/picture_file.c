/* libpng (picture_png.c) and libjpeg decode; both tell errors by a message here, and neither is
 * trusted with sizes. */
#include "data/picture_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/picture_checks.h"
#include "data/picture_png.h"

/* ---- JPEG ------------------------------------------------------------------------------------ */

/* libjpeg leaves by a jump; `manager` comes first, so that it finds this. */
typedef struct jpeg_failure {
    struct jpeg_error_mgr manager;
    jmp_buf jump;
    char message[JMSG_LENGTH_MAX];
} jpeg_failure;

static void fail_jpeg(j_common_ptr decoder)
{
    jpeg_failure *failure = (jpeg_failure *)decoder->err;
    failure->manager.format_message(decoder, failure->message);
    longjmp(failure->jump, 1);
}

/* Warnings are about damaged data: they are failures. */
static void warn_jpeg(j_common_ptr decoder, int level)
{
    if (level < 0) {
        fail_jpeg(decoder);
    }
}

/* A progressive picture comes in scans, each over the whole of it: thousands of empty ones would keep
 * the decoder busy for hours. Usual pictures have about ten. */
static void check_scans(j_common_ptr decoder)
{
    enum { SCAN_LIMIT = 100 };
    jpeg_failure *failure = (jpeg_failure *)decoder->err;
    if (decoder->is_decompressor && ((j_decompress_ptr)decoder)->input_scan_number > SCAN_LIMIT) {
        snprintf(failure->message, sizeof failure->message, "it has more than %d scans",
                 SCAN_LIMIT);
        longjmp(failure->jump, 1);
    }
}

/* The colours of print, and pictures that are shown otherwise than their pixels stand. */
static aann_status check_jpeg(const struct jpeg_decompress_struct *decoder, aann_error *error)
{
    static const char mark[] = "Exif\0";
    if (decoder->jpeg_color_space == JCS_CMYK || decoder->jpeg_color_space == JCS_YCCK) {
        return aann_fail(error, AANN_ERROR_FORMAT,
                         "has the four colours of print (CMYK), expected grey or RGB; convert it, "
                         "for example: mogrify -colorspace sRGB FILE");
    }
    aann_status status = AANN_OK;
    for (jpeg_saved_marker_ptr at = decoder->marker_list; status == AANN_OK && at != NULL;
         at = at->next) {
        if (at->data_length > sizeof mark && memcmp(at->data, mark, sizeof mark) == 0) {
            status = aann_picture_check_orientation(at->data + sizeof mark,
                                                    at->data_length - sizeof mark, error);
        }
    }
    return status;
}

/* The integer transform gives the same pixels on every machine. */
static aann_status decode_jpeg(struct jpeg_decompress_struct *decoder, bool colours, int64_t limit,
                               aann_pixels *pixels, aann_error *error)
{
    const bool own_colours = decoder->num_components > 1;
    aann_status status =
        aann_picture_check_size(decoder->image_width, decoder->image_height, limit, error);
    if (status == AANN_OK) {
        status = check_jpeg(decoder, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    decoder->dct_method = JDCT_ISLOW;
    decoder->out_color_space = colours || own_colours ? JCS_RGB : JCS_GRAYSCALE;
    *pixels = (aann_pixels){.width = (int32_t)decoder->image_width,
                            .height = (int32_t)decoder->image_height,
                            .has_colours = own_colours};
    const size_t row = (size_t)decoder->image_width * (colours || own_colours ? 3 : 1);
    pixels->bytes = aann_allocate((size_t)decoder->image_height, row);
    if (pixels->bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    jpeg_start_decompress(decoder);
    while (decoder->output_scanline < decoder->output_height) {
        JSAMPROW line = pixels->bytes + (size_t)decoder->output_scanline * row;
        jpeg_read_scanlines(decoder, &line, 1);
    }
    jpeg_finish_decompress(decoder);
    return AANN_OK;
}

static aann_status read_jpeg(FILE *file, bool colours, int64_t limit, aann_pixels *pixels,
                             aann_error *error)
{
    struct jpeg_decompress_struct decoder;
    jpeg_failure failure;
    struct jpeg_progress_mgr progress = {.progress_monitor = check_scans};
    memset(&decoder, 0, sizeof decoder);
    decoder.err = jpeg_std_error(&failure.manager);
    failure.manager.error_exit = fail_jpeg;
    failure.manager.emit_message = warn_jpeg;
    *pixels = (aann_pixels){.bytes = NULL};
    if (setjmp(failure.jump) != 0) {
        jpeg_destroy_decompress(&decoder);
        free(pixels->bytes);
        return aann_fail(error, AANN_ERROR_FORMAT, "is no whole JPEG picture: %.80s",
                         failure.message);
    }
    jpeg_create_decompress(&decoder); /* may jump too */
    decoder.progress = &progress;
    jpeg_stdio_src(&decoder, file);
    jpeg_save_markers(&decoder, JPEG_APP0 + 1, UINT16_MAX); /* EXIF */
    jpeg_read_header(&decoder, TRUE);
    const aann_status status = decode_jpeg(&decoder, colours, limit, pixels, error);
    jpeg_destroy_decompress(&decoder);
    return status;
}

aann_status aann_picture_decode(FILE *file, bool colours, int64_t limit, aann_pixels *pixels,
                                aann_error *error)
{
    uint8_t magic[2] = {0, 0};
    const size_t got = fread(magic, 1, sizeof magic, file);
    rewind(file);
    if (got == 2 && magic[0] == 0x89 && magic[1] == 'P') {
        return aann_png_decode(file, colours, limit, pixels, error);
    }
    if (got == 2 && magic[0] == 0xff && magic[1] == 0xd8) {
        return read_jpeg(file, colours, limit, pixels, error);
    }
    return aann_fail(error, AANN_ERROR_FORMAT, "is neither a PNG nor a JPEG picture");
}

aann_status aann_picture_read(const char *path, bool colours, int64_t limit, aann_pixels *pixels,
                              aann_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return aann_fail(error, AANN_ERROR_IO, "cannot open: %s", strerror(errno));
    }
    const aann_status status = aann_picture_decode(file, colours, limit, pixels, error);
    fclose(file);
    return status;
}

const char *aann_picture_format(const char *path, bool *can_read)
{
    static const struct {
        const char *mark;
        size_t offset, size;
        const char *name;
    } known[] = {{"\x89PNG\r\n\x1a\n", 0, 8, "PNG"},
                 {"\xff\xd8\xff", 0, 3, "JPEG"},
                 {"GIF8", 0, 4, "GIF"},
                 {"II*\0", 0, 4, "TIFF"},
                 {"MM\0*", 0, 4, "TIFF"},
                 {"WEBPVP8", 8, 7, "WebP"},
                 {"ftypheic", 4, 8, "HEIC"},
                 {"ftypmif1", 4, 8, "HEIC"},
                 {"ftypavif", 4, 8, "AVIF"},
                 {"\0\0\0\0", 6, 4, "BMP"}, /* behind BM and the size */
                 {"P5\n", 0, 3, "PGM"},
                 {"P6\n", 0, 3, "PPM"}};
    enum { READ = 2 }; /* of these */
    char start[16] = "";
    struct stat information;
    /* A pipe would keep whoever opens it waiting. */
    FILE *file =
        stat(path, &information) == 0 && S_ISREG(information.st_mode) ? fopen(path, "rb") : NULL;
    const size_t got = file != NULL ? fread(start, 1, sizeof start, file) : 0;
    if (file != NULL) {
        fclose(file);
    }
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        const bool begins = strcmp(known[i].name, "BMP") != 0 || memcmp(start, "BM", 2) == 0;
        if (begins && known[i].offset + known[i].size <= got &&
            memcmp(start + known[i].offset, known[i].mark, known[i].size) == 0) {
            *can_read = i < READ;
            return known[i].name;
        }
    }
    return NULL;
}
