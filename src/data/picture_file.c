/* libpng and libjpeg decode; both tell errors by a message here, and neither is trusted with sizes. */
#include "data/picture_file.h"

#include <errno.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#include "core/error.h"
#include "core/memory.h"

static aann_status check_size(uint32_t width, uint32_t height, int64_t limit, aann_error *error)
{
    enum { SIDE_LIMIT = 1 << 15, CHANNELS = 3 };
    const bool good = width > 0 && height > 0 && width <= SIDE_LIMIT && height <= SIDE_LIMIT &&
                      (int64_t)width * height * CHANNELS <= limit;
    return good ? AANN_OK
                : aann_fail(error, AANN_ERROR_FORMAT,
                            "a picture of %u x %u is larger than the limit (--data-limit)",
                            (unsigned)width, (unsigned)height);
}

/* ---- PNG ------------------------------------------------------------------------------------- */

/* 16 bits do not fit the bytes of a picture, and what is behind transparent pixels nobody knows: who
 * made the picture decides. */
static aann_status check_png(const png_image *image, aann_error *error)
{
    return (image->format & PNG_FORMAT_FLAG_LINEAR) == 0
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "has 16 bits per channel, expected 8; convert it, for example: mogrify "
                           "-depth 8 FILE (or give all pictures as one array of floats, NPY)");
}

/* Drops the transparency, if there is none: bytes[count][channels + 1] becomes
 * bytes[count][channels]. */
static aann_status drop_opacity(const png_image *image, size_t channels, uint8_t *bytes,
                                aann_error *error)
{
    enum { OPAQUE = 255 };
    const size_t count = (size_t)image->width * image->height;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *pixel = bytes + i * (channels + 1);
        if (pixel[channels] != OPAQUE) {
            return aann_fail(
                error, AANN_ERROR_FORMAT,
                "the pixel in row %zu, column %zu is transparent, expected opaque ones; "
                "say what is behind it, for example: mogrify -background white -alpha "
                "remove -alpha off FILE",
                i / image->width + 1, i % image->width + 1);
        }
        for (size_t c = 0; c < channels; c++) {
            bytes[i * channels + c] = pixel[c];
        }
    }
    return AANN_OK;
}

static aann_status finish_png(png_image *image, bool colours, int64_t limit, aann_pixels *pixels,
                              aann_error *error)
{
    const bool own_colours = (image->format & PNG_FORMAT_FLAG_COLOR) != 0;
    const bool has_opacity = (image->format & PNG_FORMAT_FLAG_ALPHA) != 0;
    aann_status status = check_size(image->width, image->height, limit, error);
    if (status == AANN_OK) {
        status = check_png(image, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    image->format = (colours || own_colours ? PNG_FORMAT_RGB : PNG_FORMAT_GRAY) |
                    (has_opacity ? PNG_FORMAT_FLAG_ALPHA : 0);
    *pixels = (aann_pixels){.width = (int32_t)image->width,
                            .height = (int32_t)image->height,
                            .has_colours = own_colours,
                            .bytes = aann_allocate(PNG_IMAGE_SIZE(*image), 1)};
    if (pixels->bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    if (png_image_finish_read(image, NULL, pixels->bytes, 0, NULL) == 0) {
        status =
            aann_fail(error, AANN_ERROR_FORMAT, "is no whole PNG picture: %.60s", image->message);
    } else if (has_opacity) {
        status = drop_opacity(image, colours || own_colours ? 3 : 1, pixels->bytes, error);
    }
    if (status != AANN_OK) {
        free(pixels->bytes);
        pixels->bytes = NULL;
    }
    return status;
}

static aann_status read_png(FILE *file, bool colours, int64_t limit, aann_pixels *pixels,
                            aann_error *error)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    if (png_image_begin_read_from_stdio(&image, file) == 0) {
        return aann_fail(error, AANN_ERROR_FORMAT, "is no whole PNG picture: %.60s", image.message);
    }
    const aann_status status = finish_png(&image, colours, limit, pixels, error);
    png_image_free(&image);
    return status;
}

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

/* The integer transform gives the same pixels on every machine. */
static aann_status decode_jpeg(struct jpeg_decompress_struct *decoder, bool colours, int64_t limit,
                               aann_pixels *pixels, aann_error *error)
{
    const bool own_colours = decoder->num_components > 1;
    const aann_status status =
        check_size(decoder->image_width, decoder->image_height, limit, error);
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
        return read_png(file, colours, limit, pixels, error);
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
