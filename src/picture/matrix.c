/* Matrices as colours. The cells are an image of one pixel each, enlarged without smoothing: small
 * in an SVG as well. */
#include <math.h>
#include <stddef.h>
#include <string.h>

#include "core/error.h"
#include "picture/axes.h"

static uint32_t pixel_of(aann_colour colour)
{
    const uint32_t red = (uint32_t)lround(255.0 * colour.red);
    const uint32_t green = (uint32_t)lround(255.0 * colour.green);
    const uint32_t blue = (uint32_t)lround(255.0 * colour.blue);
    return red << 16 | green << 8 | blue;
}

/* The range of what is not on the diagonal, which would often hide the rest. */
static aann_range range_of(const double *values, int32_t count)
{
    aann_range range = aann_range_empty();
    for (int32_t i = 0; i < count; i++) {
        for (int32_t j = 0; j < count; j++) {
            if (i != j) {
                aann_range_add(&range, values[(size_t)i * (size_t)count + (size_t)j]);
            }
        }
    }
    const aann_range chosen = aann_range_choose(0.0, 0.0, range);
    return range.low < range.high ? range : chosen;
}

static void fill(cairo_surface_t *cells, const double *values, const int32_t *order, int32_t count,
                 aann_range range)
{
    cairo_surface_flush(cells);
    unsigned char *data = cairo_image_surface_get_data(cells);
    const int stride = cairo_image_surface_get_stride(cells);
    for (int32_t row = 0; data != NULL && row < count; row++) {
        for (int32_t column = 0; column < count; column++) {
            const int32_t i = order == NULL ? row : order[row];
            const int32_t j = order == NULL ? column : order[column];
            const double value = values[(size_t)i * (size_t)count + (size_t)j];
            const aann_colour grey = {0.85, 0.85, 0.85};
            const double share = (value - range.low) / (range.high - range.low);
            const bool coloured = i != j && isfinite(value);
            const uint32_t pixel = pixel_of(coloured ? aann_colour_of_value(share) : grey);
            memcpy(data + (size_t)row * (size_t)stride + (size_t)column * sizeof pixel, &pixel,
                   sizeof pixel);
        }
    }
    cairo_surface_mark_dirty(cells);
}

static void draw_cells(const aann_canvas *canvas, const aann_axes *axes, cairo_surface_t *cells,
                       int32_t count)
{
    cairo_save(canvas->cairo);
    cairo_translate(canvas->cairo, axes->left, axes->top);
    cairo_scale(canvas->cairo, (axes->right - axes->left) / count,
                (axes->bottom - axes->top) / count);
    cairo_set_source_surface(canvas->cairo, cells, 0.0, 0.0);
    cairo_pattern_set_filter(cairo_get_source(canvas->cairo), CAIRO_FILTER_NEAREST);
    cairo_rectangle(canvas->cairo, 0.0, 0.0, count, count);
    cairo_fill(canvas->cairo);
    cairo_restore(canvas->cairo);
}

aann_status aann_picture_matrix(const char *path, const aann_picture_frame *frame,
                                const double *values, const int32_t *order, int32_t count,
                                const char *value_label, aann_error *error)
{
    enum { LARGEST = 16384 };
    if (count < 1 || count > LARGEST) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: a matrix of %d rows; 1 to %d can be drawn", path, count,
                         (int)LARGEST);
    }
    aann_canvas canvas;
    const aann_status status = aann_canvas_create(path, &canvas, error);
    if (status != AANN_OK) {
        return status;
    }
    const aann_range range = range_of(values, count);
    aann_axes axes = aann_axes_place(0.0, (aann_range){0.0, count}, (aann_range){0.0, count});
    axes.left = 0.5 * (CANVAS_WIDTH - COLOUR_SCALE_WIDTH - (axes.bottom - axes.top));
    axes.right = axes.left + (axes.bottom - axes.top);
    aann_axes_draw_titles(&canvas, &axes, frame);
    cairo_surface_t *cells = cairo_image_surface_create(CAIRO_FORMAT_RGB24, count, count);
    fill(cells, values, order, count, range);
    draw_cells(&canvas, &axes, cells, count);
    cairo_surface_destroy(cells);
    aann_axes_draw_colours(&canvas, &axes, range, value_label);
    return aann_canvas_finish(&canvas, status, error);
}
