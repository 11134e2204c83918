/* PNG by libpng's simplified interface, animated WebP by libwebpmux. */
#include "cli/shared/picture_file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>
#include <webp/encode.h>
#include <webp/mux.h>

#include "cli/shared/file.h"
#include "cli/shared/message.h"

enum { CHANNELS = 3 };

struct moving_picture {
    WebPAnimEncoder *encoder;
    WebPConfig config;
    int width, height, enlarge, milliseconds;
    int frames;
    uint8_t *enlarged; /* [height * enlarge][width * enlarge][3] */
};

static size_t enlarged_size(int width, int height, int enlarge)
{
    return (size_t)width * (size_t)height * (size_t)enlarge * (size_t)enlarge * CHANNELS;
}

static void enlarge_pixels(const uint8_t *pixels, int width, int height, int enlarge,
                           uint8_t *enlarged)
{
    const size_t line = (size_t)width * (size_t)enlarge * CHANNELS;
    for (int y = 0; y < height; y++) {
        uint8_t *first = enlarged + (size_t)(y * enlarge) * line;
        for (int x = 0; x < width * enlarge; x++) {
            memcpy(first + (size_t)x * CHANNELS,
                   pixels + ((size_t)y * (size_t)width + (size_t)(x / enlarge)) * CHANNELS,
                   CHANNELS);
        }
        for (int copy = 1; copy < enlarge; copy++) {
            memcpy(first + (size_t)copy * line, first, line);
        }
    }
}

bool picture_file_write_png(const char *path, const uint8_t *pixels, int width, int height,
                            int enlarge, char *message, size_t size)
{
    uint8_t *enlarged = malloc(enlarged_size(width, height, enlarge));
    if (enlarged == NULL) {
        snprintf(message, size, "%s: no memory for the picture", path);
        return false;
    }
    enlarge_pixels(pixels, width, height, enlarge, enlarged);
    png_image image;
    memset(&image, 0, sizeof image);
    image.version = PNG_IMAGE_VERSION;
    image.width = (png_uint_32)(width * enlarge);
    image.height = (png_uint_32)(height * enlarge);
    image.format = PNG_FORMAT_RGB;
    aann_error error;
    FILE *file = cli_file_open(path, &error);
    const bool drawn =
        file != NULL && png_image_write_to_stdio(&image, file, 0, enlarged, 0, NULL) != 0;
    bool good = drawn;
    if (file != NULL && !drawn) {
        cli_file_abandon(path, file);
        cli_set_error(&error, AANN_ERROR_IO, "%s: %s", path, image.message);
    } else if (drawn) {
        good = cli_file_close(path, file, &error) == AANN_OK;
    }
    if (!good) {
        snprintf(message, size, "%s", error.message);
    }
    free(enlarged);
    return good;
}

moving_picture *moving_picture_create(int width, int height, int enlarge, int milliseconds)
{
    moving_picture *picture = calloc(1, sizeof *picture);
    WebPAnimEncoderOptions options;
    if (picture == NULL || WebPAnimEncoderOptionsInit(&options) == 0 ||
        WebPConfigInit(&picture->config) == 0) {
        free(picture);
        return NULL;
    }
    picture->config.lossless = 1;
    picture->config.quality = 50.0f; /* effort, as nothing is lost */
    picture->width = width;
    picture->height = height;
    picture->enlarge = enlarge;
    picture->milliseconds = milliseconds;
    picture->encoder = WebPAnimEncoderNew(width * enlarge, height * enlarge, &options);
    picture->enlarged = malloc(enlarged_size(width, height, enlarge));
    if (picture->encoder == NULL || picture->enlarged == NULL) {
        moving_picture_destroy(picture);
        return NULL;
    }
    return picture;
}

void moving_picture_destroy(moving_picture *picture)
{
    if (picture != NULL) {
        WebPAnimEncoderDelete(picture->encoder);
        free(picture->enlarged);
        free(picture);
    }
}

bool moving_picture_add(moving_picture *picture, const uint8_t *pixels, char *message, size_t size)
{
    WebPPicture frame;
    if (WebPPictureInit(&frame) == 0) {
        snprintf(message, size, "libwebp is of another version than its header");
        return false;
    }
    enlarge_pixels(pixels, picture->width, picture->height, picture->enlarge, picture->enlarged);
    frame.use_argb = 1;
    frame.width = picture->width * picture->enlarge;
    frame.height = picture->height * picture->enlarge;
    const bool good =
        WebPPictureImportRGB(&frame, picture->enlarged, frame.width * CHANNELS) != 0 &&
        WebPAnimEncoderAdd(picture->encoder, &frame, picture->frames * picture->milliseconds,
                           &picture->config) != 0;
    if (good) {
        picture->frames++;
    } else {
        snprintf(message, size, "frame %d: %s", picture->frames,
                 WebPAnimEncoderGetError(picture->encoder));
    }
    WebPPictureFree(&frame);
    return good;
}

static bool write_file(const char *path, const uint8_t *bytes, size_t count, char *message,
                       size_t size)
{
    aann_error error;
    FILE *file = cli_file_open(path, &error);
    if (file != NULL) {
        (void)fwrite(bytes, 1, count, file); /* its failure shows when the file is closed */
    }
    if (file == NULL || cli_file_close(path, file, &error) != AANN_OK) {
        snprintf(message, size, "%s", error.message);
        return false;
    }
    return true;
}

bool moving_picture_write(moving_picture *picture, const char *path, char *message, size_t size)
{
    WebPData data;
    WebPDataInit(&data);
    /* No picture at a later time ends the last one. */
    bool good = WebPAnimEncoderAdd(picture->encoder, NULL, picture->frames * picture->milliseconds,
                                   NULL) != 0 &&
                WebPAnimEncoderAssemble(picture->encoder, &data) != 0;
    if (!good) {
        snprintf(message, size, "%s: %s", path, WebPAnimEncoderGetError(picture->encoder));
    }
    good = good && write_file(path, data.bytes, data.size, message, size);
    WebPDataClear(&data);
    return good;
}
