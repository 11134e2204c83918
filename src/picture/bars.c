/* Lying bars: things with names, compared by one number each. */
#include <math.h>
#include <stdio.h>

#include "core/error.h"
#include "picture/axes.h"

enum { NAME_SIZE = 14, NAME_GAP = 12, VALUE_GAP = 8, VALUE_ROOM = 64, MOST_BARS = 40 };

static const aann_colour ink = {0.12, 0.12, 0.14};

static void draw_whisker(const aann_canvas *canvas, const aann_axes *axes,
                         const aann_picture_bar *bar, double y, double height)
{
    if (!isfinite(bar->low) || !isfinite(bar->high)) {
        return;
    }
    const double left = aann_axes_x(axes, bar->low);
    const double right = aann_axes_x(axes, bar->high);
    const double end = 0.2 * height;
    aann_canvas_colour(canvas, ink, 1.0);
    cairo_set_line_width(canvas->cairo, 1.5);
    cairo_move_to(canvas->cairo, left, y);
    cairo_line_to(canvas->cairo, right, y);
    cairo_move_to(canvas->cairo, left, y - end);
    cairo_line_to(canvas->cairo, left, y + end);
    cairo_move_to(canvas->cairo, right, y - end);
    cairo_line_to(canvas->cairo, right, y + end);
    cairo_stroke(canvas->cairo);
}

static void draw_bar(const aann_canvas *canvas, const aann_axes *axes, const aann_picture_bar *bar,
                     double middle, double height, int32_t decimals)
{
    aann_canvas_colour(canvas, ink, 1.0);
    aann_canvas_text(canvas, axes->left - NAME_GAP, middle, NAME_SIZE, ALIGN_RIGHT, bar->name);
    if (!isfinite(bar->value)) {
        return;
    }
    const double zero = aann_axes_x(axes, fmax(0.0, axes->x.low));
    const double end = aann_axes_x(axes, bar->value);
    aann_canvas_colour(canvas, aann_colour_of_series(0), 0.75);
    cairo_rectangle(canvas->cairo, fmin(zero, end), middle - 0.5 * height, fabs(end - zero),
                    height);
    cairo_fill(canvas->cairo);
    draw_whisker(canvas, axes, bar, middle, height);
    char text[AANN_REAL_TEXT_SIZE];
    aann_real_to_fixed(bar->value, decimals, text);
    aann_canvas_colour(canvas, ink, 1.0);
    aann_canvas_text(canvas, axes->right + VALUE_GAP, middle, NAME_SIZE, ALIGN_LEFT, text);
}

aann_status aann_picture_bars(const char *path, const aann_picture_frame *frame,
                              const aann_picture_bar *bars, int32_t count, int32_t decimals,
                              aann_error *error)
{
    if (count < 1 || count > MOST_BARS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: a picture of %d bars; expected 1 to %d",
                         path, count, MOST_BARS);
    }
    aann_canvas canvas;
    const aann_status status = aann_canvas_create(path, &canvas, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_range x = {0.0, 0.0};
    double widest = 0.0;
    for (int32_t i = 0; i < count; i++) {
        aann_range_add(&x, bars[i].value);
        aann_range_add(&x, bars[i].low);
        aann_range_add(&x, bars[i].high);
        widest = fmax(widest, aann_canvas_text_width(&canvas, NAME_SIZE, bars[i].name));
    }
    const double width = x.high > x.low ? x.high - x.low : 1.0;
    x = (aann_range){x.low < 0.0 ? x.low - 0.04 * width : 0.0, x.low + 1.04 * width};
    aann_axes axes = aann_axes_place(
        VALUE_ROOM, frame->x_low < frame->x_high ? (aann_range){frame->x_low, frame->x_high} : x,
        x);
    aann_axes_draw_titles(&canvas, &axes, frame);
    axes.left = fmax(axes.left, widest + 2.0 * NAME_GAP);
    aann_axes_draw_x_grid(&canvas, &axes);
    const double step = (axes.bottom - axes.top) / count;
    for (int32_t i = 0; i < count; i++) {
        draw_bar(&canvas, &axes, &bars[i], axes.top + (i + 0.5) * step, fmin(0.7 * step, 44.0),
                 decimals);
    }
    return aann_canvas_finish(&canvas, status, error);
}
