/* Histograms: bars, and lines that mark values to compare with. */
#include <math.h>
#include <stddef.h>

#include "core/error.h"
#include "picture/axes.h"

enum { NAME_SIZE = 13 };

static void draw_bars(const aann_canvas *canvas, const aann_axes *axes, const int64_t *counts,
                      int32_t bins, double low, double high)
{
    aann_canvas_colour(canvas, aann_colour_of_series(0), 0.75);
    for (int32_t bin = 0; bin < bins; bin++) {
        const double left = aann_axes_x(axes, low + (high - low) * bin / bins);
        const double right = aann_axes_x(axes, low + (high - low) * (bin + 1) / bins);
        const double top = aann_axes_y(axes, (double)counts[bin]);
        const double gap = right - left > 4.0 ? 0.5 : 0.0;
        cairo_rectangle(canvas->cairo, left + gap, top, right - left - 2.0 * gap,
                        axes->bottom - top);
        cairo_fill(canvas->cairo);
    }
}

/* Names stand beside their lines, on the side where there is room, each lower than the last. */
static void draw_line(const aann_canvas *canvas, const aann_axes *axes,
                      const aann_picture_line *mark, int32_t index)
{
    static const double dashes[2] = {7.0, 4.0};
    if (!(mark->x >= axes->x.low && mark->x <= axes->x.high)) {
        return;
    }
    const double x = aann_axes_x(axes, mark->x);
    aann_canvas_colour(canvas, aann_colour_of_series(1 + index), 1.0);
    cairo_set_line_width(canvas->cairo, 2.0);
    cairo_set_dash(canvas->cairo, dashes, 2, 0.0);
    cairo_move_to(canvas->cairo, x, axes->top);
    cairo_line_to(canvas->cairo, x, axes->bottom);
    cairo_stroke(canvas->cairo);
    const bool room = mark->name == NULL ||
                      x + 8.0 + aann_canvas_text_width(canvas, NAME_SIZE, mark->name) < axes->right;
    aann_canvas_text(canvas, room ? x + 6.0 : x - 6.0, axes->top + 14.0 + 20.0 * index, NAME_SIZE,
                     room ? ALIGN_LEFT : ALIGN_RIGHT, mark->name);
}

aann_status aann_picture_histogram(const char *path, const aann_picture_frame *frame,
                                   const int64_t *counts, int32_t bins, double low, double high,
                                   const aann_picture_line *lines, int32_t line_count,
                                   aann_error *error)
{
    if (bins < 1 || !(low < high)) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: a histogram of %d parts from %g to %g",
                         path, bins, low, high);
    }
    aann_canvas canvas;
    const aann_status status = aann_canvas_create(path, &canvas, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_range x = {low, high};
    int64_t most = 1;
    for (int32_t bin = 0; bin < bins; bin++) {
        most = counts[bin] > most ? counts[bin] : most;
    }
    for (int32_t i = 0; i < line_count; i++) {
        aann_range_add(&x, lines[i].x);
    }
    aann_picture_frame complete = *frame;
    complete.y_label = frame->y_label == NULL ? "count" : frame->y_label;
    const aann_axes axes =
        aann_axes_place(0.0, aann_range_choose(frame->x_low, frame->x_high, x),
                        aann_range_choose(0.0, fmax(5.0, 1.08 * (double)most), x));
    aann_axes_draw_titles(&canvas, &axes, &complete);
    aann_axes_draw_grid(&canvas, &axes);
    draw_bars(&canvas, &axes, counts, bins, low, high);
    for (int32_t i = 0; i < line_count; i++) {
        draw_line(&canvas, &axes, &lines[i], i);
    }
    return aann_canvas_finish(&canvas, status, error);
}
