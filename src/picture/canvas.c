/* Canvases on cairo.
 *
 * A file is made in memory and written at the end, so that no half picture is left behind by a
 * failure. Letters are drawn without hinting: hinting depends on the system's settings, and a
 * picture should depend on its numbers only. */
#include "picture/canvas.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <cairo-svg.h>

#include "core/atomic_file.h"
#include "core/error.h"
#include "core/memory.h"

/* A growing piece of memory. */
struct aann_bytes {
    unsigned char *data;
    size_t size;
    size_t capacity;
};

static cairo_status_t append(void *closure, const unsigned char *data, unsigned int length)
{
    struct aann_bytes *bytes = closure;
    unsigned char *grown = aann_grow(bytes->data, &bytes->capacity, bytes->size, length);
    if (grown == NULL) {
        return CAIRO_STATUS_NO_MEMORY;
    }
    bytes->data = grown;
    memcpy(bytes->data + bytes->size, data, length);
    bytes->size += length;
    return CAIRO_STATUS_SUCCESS;
}

static bool ends_in(const char *path, const char *ending)
{
    const size_t length = strlen(path);
    const size_t end = strlen(ending);
    return length >= end && strcmp(path + length - end, ending) == 0;
}

static void choose_font(cairo_t *cairo)
{
    cairo_font_options_t *options = cairo_font_options_create();
    cairo_font_options_set_antialias(options, CAIRO_ANTIALIAS_GRAY);
    cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF);
    cairo_set_font_options(cairo, options);
    cairo_font_options_destroy(options);
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_NORMAL);
}

aann_status aann_canvas_create(const char *path, aann_canvas *canvas, aann_error *error)
{
    *canvas = (aann_canvas){.path = path};
    const bool svg = ends_in(path, ".svg");
    if (!svg && !ends_in(path, ".png")) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: a picture's name ends in .png or .svg",
                         path);
    }
    canvas->bytes = aann_allocate_zeroed(1, sizeof *canvas->bytes);
    if (canvas->bytes == NULL) {
        return aann_fail(error, AANN_ERROR_MEMORY, "%s: out of memory", path);
    }
    if (svg) {
        canvas->surface =
            cairo_svg_surface_create_for_stream(append, canvas->bytes, CANVAS_WIDTH, CANVAS_HEIGHT);
        cairo_svg_surface_restrict_to_version(canvas->surface, CAIRO_SVG_VERSION_1_2);
    } else {
        canvas->surface =
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, CANVAS_WIDTH, CANVAS_HEIGHT);
    }
    canvas->cairo = cairo_create(canvas->surface);
    cairo_set_source_rgb(canvas->cairo, 1.0, 1.0, 1.0);
    cairo_paint(canvas->cairo);
    choose_font(canvas->cairo);
    return AANN_OK;
}

/* What is no ordinary file cannot be put in place by its name. */
static aann_status write_device(const aann_canvas *canvas, aann_error *error)
{
    FILE *file = fopen(canvas->path, "wb");
    if (file == NULL) {
        return aann_fail(error, AANN_ERROR_IO, "%s: %s", canvas->path, strerror(errno));
    }
    const bool written =
        fwrite(canvas->bytes->data, 1, canvas->bytes->size, file) == canvas->bytes->size;
    const bool closed = fclose(file) == 0;
    if (!written || !closed) {
        const int reason = errno;
        remove(canvas->path);
        return aann_fail(error, AANN_ERROR_IO, "%s: %s", canvas->path, strerror(reason));
    }
    return AANN_OK;
}

static aann_status write_file(const aann_canvas *canvas, aann_error *error)
{
    struct stat there;
    if (stat(canvas->path, &there) == 0 && !S_ISREG(there.st_mode)) {
        return write_device(canvas, error);
    }
    aann_atomic_file *file = NULL;
    aann_status status = aann_atomic_file_create(canvas->path, &file, error);
    if (status == AANN_OK) {
        status = aann_atomic_file_write(file, canvas->bytes->data, canvas->bytes->size, error);
    }
    if (status != AANN_OK) {
        aann_atomic_file_abandon(file);
        return status;
    }
    return aann_atomic_file_commit(file, error);
}

/* Completes the bytes; a failure of anything drawn before shows here, too. */
static cairo_status_t complete(const aann_canvas *canvas)
{
    cairo_status_t status = cairo_status(canvas->cairo);
    if (status != CAIRO_STATUS_SUCCESS) {
        return status;
    }
    if (cairo_surface_get_type(canvas->surface) == CAIRO_SURFACE_TYPE_IMAGE) {
        return cairo_surface_write_to_png_stream(canvas->surface, append, canvas->bytes);
    }
    cairo_surface_finish(canvas->surface);
    return cairo_surface_status(canvas->surface);
}

aann_status aann_canvas_finish(aann_canvas *canvas, aann_status status, aann_error *error)
{
    if (status == AANN_OK) {
        const cairo_status_t drawn = complete(canvas);
        if (drawn != CAIRO_STATUS_SUCCESS) {
            status = aann_fail(error,
                               drawn == CAIRO_STATUS_NO_MEMORY ? AANN_ERROR_MEMORY : AANN_ERROR_IO,
                               "%s: %s", canvas->path, cairo_status_to_string(drawn));
        } else {
            status = write_file(canvas, error);
        }
    }
    cairo_destroy(canvas->cairo);
    cairo_surface_destroy(canvas->surface);
    if (canvas->bytes != NULL) {
        free(canvas->bytes->data);
        free(canvas->bytes);
    }
    *canvas = (aann_canvas){0};
    return status;
}

/* ---- text ------------------------------------------------------------------------------------ */

double aann_canvas_text_width(const aann_canvas *canvas, double size, const char *text)
{
    cairo_text_extents_t extents;
    cairo_set_font_size(canvas->cairo, size);
    cairo_text_extents(canvas->cairo, text, &extents);
    return extents.x_advance;
}

/* Half the height of a capital, in parts of the font's size: letters stand that far below a line's
 * middle. */
static const double half_capital = 0.365;

void aann_canvas_text(const aann_canvas *canvas, double x, double y, double size, aann_align align,
                      const char *text)
{
    if (text == NULL) {
        return;
    }
    const double width = aann_canvas_text_width(canvas, size, text);
    const double shift = align == ALIGN_LEFT ? 0.0 : align == ALIGN_CENTRE ? 0.5 : 1.0;
    cairo_move_to(canvas->cairo, x - shift * width, y + half_capital * size);
    cairo_show_text(canvas->cairo, text);
    cairo_new_path(canvas->cairo); /* else the next shape would be joined to the text's end */
}

void aann_canvas_text_upwards(const aann_canvas *canvas, double x, double y, double size,
                              const char *text)
{
    if (text == NULL) {
        return;
    }
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, x, y);
    cairo_rotate(canvas->cairo, -1.57079632679489661923);
    aann_canvas_text(canvas, 0.0, 0.0, size, ALIGN_CENTRE, text);
    cairo_restore(canvas->cairo);
}

/* ---- colours --------------------------------------------------------------------------------- */

void aann_canvas_colour(const aann_canvas *canvas, aann_colour colour, double opacity)
{
    cairo_set_source_rgba(canvas->cairo, colour.red, colour.green, colour.blue, opacity);
}

aann_colour aann_colour_of_series(int32_t index)
{
    static const aann_colour colours[8] = {
        {0.00, 0.35, 0.65}, {0.85, 0.37, 0.01}, {0.00, 0.55, 0.42}, {0.70, 0.20, 0.50},
        {0.45, 0.45, 0.45}, {0.30, 0.70, 0.90}, {0.88, 0.65, 0.00}, {0.10, 0.10, 0.10},
    };
    return colours[index % 8];
}

aann_colour aann_colour_of_value(double share)
{
    /* Brightness grows evenly, so that the scale also reads in grey. */
    static const aann_colour stops[6] = {{0.13, 0.07, 0.30}, {0.22, 0.24, 0.52},
                                         {0.16, 0.44, 0.56}, {0.18, 0.62, 0.52},
                                         {0.55, 0.78, 0.36}, {0.98, 0.90, 0.35}};
    const double place = fmin(fmax(share, 0.0), 1.0) * 5.0;
    const int32_t below = place >= 5.0 ? 4 : (int32_t)place;
    const double part = place - below;
    const aann_colour *a = &stops[below];
    const aann_colour *b = &stops[below + 1];
    return (aann_colour){a->red + part * (b->red - a->red), a->green + part * (b->green - a->green),
                         a->blue + part * (b->blue - a->blue)};
}
