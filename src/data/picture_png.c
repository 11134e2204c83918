/* The stored bytes are the pixels: libpng's simple interface would change them where the file says
 * for which screen they were made (gAMA), so that the same picture read by others, and given as an
 * array, would be another one. Only their format changes: palettes become colours, fewer bits eight.
 */
#include "data/picture_png.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>

#include <png.h>

#include "core/error.h"
#include "core/memory.h"
#include "data/picture_checks.h"

/* libpng leaves by a jump. */
typedef struct png_failure {
    jmp_buf jump;
    char message[64];
} png_failure;

static void fail_png(png_structp reader, png_const_charp message)
{
    png_failure *failure = png_get_error_ptr(reader);
    snprintf(failure->message, sizeof failure->message, "%.60s", message);
    longjmp(failure->jump, 1);
}

static void ignore_warning(png_structp reader, png_const_charp message)
{
    (void)reader, (void)message;
}

/* 16 bits do not fit the bytes of a picture, and what is behind transparent pixels nobody knows: who
 * made the picture decides. */
static aann_status check_depth(png_structp reader, png_infop info, aann_error *error)
{
    enum { TOO_DEEP = 16 };
    return png_get_bit_depth(reader, info) < TOO_DEEP
               ? AANN_OK
               : aann_fail(error, AANN_ERROR_FORMAT,
                           "has 16 bits per channel, expected 8; convert it, for example: mogrify "
                           "-depth 8 FILE (or give all pictures as one array of floats, NPY)");
}

static aann_status check_orientation(png_structp reader, png_infop info, aann_error *error)
{
    png_uint_32 size = 0;
    png_bytep data = NULL;
    return png_get_eXIf_1(reader, info, &size, &data) != 0
               ? aann_picture_check_orientation(data, size, error)
               : AANN_OK;
}

/* Drops the transparency, if there is none: bytes[count][channels + 1] becomes
 * bytes[count][channels]. */
static aann_status drop_opacity(const aann_pixels *pixels, size_t channels, aann_error *error)
{
    enum { OPAQUE = 255 };
    const size_t width = (size_t)pixels->width;
    const size_t count = width * (size_t)pixels->height;
    uint8_t *bytes = pixels->bytes;
    for (size_t i = 0; i < count; i++) {
        const uint8_t *pixel = bytes + i * (channels + 1);
        if (pixel[channels] != OPAQUE) {
            return aann_fail(
                error, AANN_ERROR_FORMAT,
                "the pixel in row %zu, column %zu is transparent, expected opaque ones; "
                "say what is behind it, for example: mogrify -background white -alpha "
                "remove -alpha off FILE",
                i / width + 1, i % width + 1);
        }
        for (size_t c = 0; c < channels; c++) {
            bytes[i * channels + c] = pixel[c];
        }
    }
    return AANN_OK;
}

/* Sets up what becomes of the stored bytes; returns how many times each row is read, as those of a
 * picture that comes interlaced. */
static int set_format(png_structp reader, png_infop info, bool to_colours, size_t row)
{
    png_set_expand(reader);
    if (to_colours) {
        png_set_gray_to_rgb(reader);
    }
    const int passes = png_set_interlace_handling(reader);
    png_read_update_info(reader, info);
    if (png_get_rowbytes(reader, info) != row) {
        png_error(reader, "rows of another size");
    }
    return passes;
}

static aann_status decode(png_structp reader, png_infop info, bool colours, int64_t limit,
                          aann_pixels *pixels, aann_error *error)
{
    png_read_info(reader, info);
    const uint32_t width = png_get_image_width(reader, info);
    const uint32_t height = png_get_image_height(reader, info);
    const bool own_colours = (png_get_color_type(reader, info) & PNG_COLOR_MASK_COLOR) != 0;
    const bool has_opacity = (png_get_color_type(reader, info) & PNG_COLOR_MASK_ALPHA) != 0 ||
                             png_get_valid(reader, info, PNG_INFO_tRNS) != 0;
    const bool has_colours = colours || own_colours;
    aann_status status = aann_picture_check_size(width, height, limit, error);
    if (status == AANN_OK) {
        status = check_depth(reader, info, error);
    }
    if (status == AANN_OK) {
        status = check_orientation(reader, info, error);
    }
    if (status != AANN_OK) {
        return status;
    }
    const size_t channels = has_colours ? 3 : 1;
    const size_t row = width * (channels + (has_opacity ? 1 : 0));
    const int passes = set_format(reader, info, has_colours && !own_colours, row);
    pixels->width = (int32_t)width;
    pixels->height = (int32_t)height;
    pixels->has_colours = own_colours;
    pixels->bytes = aann_allocate(height, row);
    if (pixels->bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int pass = 0; pass < passes; pass++) {
        for (uint32_t y = 0; y < height; y++) {
            png_read_row(reader, pixels->bytes + y * row, NULL);
        }
    }
    return has_opacity ? drop_opacity(pixels, channels, error) : AANN_OK;
}

aann_status aann_png_decode(FILE *file, bool colours, int64_t limit, aann_pixels *pixels,
                            aann_error *error)
{
    png_failure failure;
    *pixels = (aann_pixels){.bytes = NULL};
    png_structp reader =
        png_create_read_struct(PNG_LIBPNG_VER_STRING, &failure, fail_png, ignore_warning);
    png_infop info = reader != NULL ? png_create_info_struct(reader) : NULL;
    if (info == NULL) {
        png_destroy_read_struct(&reader, NULL, NULL);
        return aann_fail(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    if (setjmp(failure.jump) != 0) {
        png_destroy_read_struct(&reader, &info, NULL);
        free(pixels->bytes);
        pixels->bytes = NULL;
        return aann_fail(error, AANN_ERROR_FORMAT, "is no whole PNG picture: %s", failure.message);
    }
    png_init_io(reader, file);
    const aann_status status = decode(reader, info, colours, limit, pixels, error);
    png_destroy_read_struct(&reader, &info, NULL);
    if (status != AANN_OK) {
        free(pixels->bytes);
        pixels->bytes = NULL;
    }
    return status;
}
