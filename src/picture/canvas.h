/* A sheet to draw on, its colours and letters, and the file it ends up in. */
#ifndef AANN_PICTURE_CANVAS_H
#define AANN_PICTURE_CANVAS_H

#include <stdint.h>

#include <cairo.h>

#include "aann/status.h"

/* Size of every picture, in pixels (PNG) or points (SVG). */
enum { CANVAS_WIDTH = 960, CANVAS_HEIGHT = 640 };

typedef struct aann_colour {
    double red; /* 0..1 */
    double green;
    double blue;
} aann_colour;

typedef struct aann_canvas {
    cairo_t *cairo;
    cairo_surface_t *surface;
    const char *path;
    struct aann_bytes *bytes; /* the file, in the making */
} aann_canvas;

/* White, for a path that ends in .png or .svg (AANN_ERROR_ARGUMENT for any other). Finish it in any
 * case. */
aann_status aann_canvas_create(const char *path, aann_canvas *canvas, aann_error *error);

/* Writes the file if `status` is AANN_OK, and frees everything. Returns the status, or what writing
 * gave. */
aann_status aann_canvas_finish(aann_canvas *canvas, aann_status status, aann_error *error);

typedef enum aann_align { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT } aann_align;

/* One line of text whose middle is at height y, and whose left end, centre or right end is at x. */
void aann_canvas_text(const aann_canvas *canvas, double x, double y, double size, aann_align align,
                      const char *text);
/* The same, turned to read upwards, centred at x, y. */
void aann_canvas_text_upwards(const aann_canvas *canvas, double x, double y, double size,
                              const char *text);
/* Width of a text in pixels. */
double aann_canvas_text_width(const aann_canvas *canvas, double size, const char *text);

void aann_canvas_colour(const aann_canvas *canvas, aann_colour colour, double opacity);

/* Colour number i of a set in which neighbours are easy to tell apart, also for the colour-blind;
 * repeats after 8. */
aann_colour aann_colour_of_series(int32_t index);
/* From dark (0) to bright (1). */
aann_colour aann_colour_of_value(double share);

#endif
