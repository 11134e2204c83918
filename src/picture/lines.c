/* Line charts: series, bands and a legend at the right. */
#include <math.h>
#include <stddef.h>

#include "core/error.h"
#include "picture/axes.h"

enum { LEGEND_SIZE = 13, LEGEND_LINE = 22, SWATCH = 22 };

static double legend_width(const aann_canvas *canvas, const aann_picture_series *series,
                           int32_t count)
{
    double widest = 0.0;
    for (int32_t i = 0; i < count; i++) {
        if (series[i].name != NULL) {
            widest = fmax(widest, aann_canvas_text_width(canvas, LEGEND_SIZE, series[i].name) +
                                      SWATCH + 20.0);
        }
    }
    return widest;
}

static void set_dashes(const aann_canvas *canvas, aann_picture_mark mark)
{
    static const double dashes[2] = {7.0, 5.0};
    cairo_set_dash(canvas->cairo, dashes, mark == AANN_MARK_DASHES ? 2 : 0, 0.0);
}

static void draw_dot(const aann_canvas *canvas, double x, double y)
{
    cairo_arc(canvas->cairo, x, y, 3.5, 0.0, 6.28318530717958647693);
    cairo_fill(canvas->cairo);
}

static void draw_legend(const aann_canvas *canvas, const aann_axes *axes,
                        const aann_picture_series *series, int32_t count)
{
    double y = axes->top + 12.0;
    const double x = axes->right + 14.0;
    for (int32_t i = 0; i < count; i++) {
        if (series[i].name == NULL) {
            continue;
        }
        aann_canvas_colour(canvas, aann_colour_of_series(i), 1.0);
        if (series[i].mark == AANN_MARK_POINTS) {
            draw_dot(canvas, x + 0.5 * SWATCH, y);
        } else {
            set_dashes(canvas, series[i].mark);
            cairo_move_to(canvas->cairo, x, y);
            cairo_line_to(canvas->cairo, x + SWATCH, y);
            cairo_stroke(canvas->cairo);
        }
        aann_canvas_colour(canvas, (aann_colour){0.12, 0.12, 0.14}, 1.0);
        aann_canvas_text(canvas, x + SWATCH + 6.0, y, LEGEND_SIZE, ALIGN_LEFT, series[i].name);
        y += LEGEND_LINE;
    }
}

static void draw_band(const aann_canvas *canvas, const aann_axes *axes,
                      const aann_picture_series *series)
{
    bool begun = false;
    for (int64_t step = 0; step < 2 * series->count; step++) {
        /* There along the upper edge, back along the lower one. */
        const int64_t i = step < series->count ? step : 2 * series->count - 1 - step;
        const double y = step < series->count ? series->high[i] : series->low[i];
        if (!isfinite(series->x[i]) || !isfinite(series->low[i]) || !isfinite(series->high[i])) {
            continue;
        }
        if (begun) {
            cairo_line_to(canvas->cairo, aann_axes_x(axes, series->x[i]), aann_axes_y(axes, y));
        } else {
            cairo_move_to(canvas->cairo, aann_axes_x(axes, series->x[i]), aann_axes_y(axes, y));
        }
        begun = true;
    }
    cairo_close_path(canvas->cairo);
    cairo_fill(canvas->cairo);
}

static void draw_series(const aann_canvas *canvas, const aann_axes *axes,
                        const aann_picture_series *series, aann_colour colour)
{
    if (series->low != NULL && series->high != NULL) {
        aann_canvas_colour(canvas, colour, 0.18);
        draw_band(canvas, axes, series);
    }
    aann_canvas_colour(canvas, colour, 1.0);
    set_dashes(canvas, series->mark);
    bool drawing = false;
    for (int64_t i = 0; i < series->count; i++) {
        if (!isfinite(series->x[i]) || !isfinite(series->y[i])) {
            continue;
        }
        const double x = aann_axes_x(axes, series->x[i]);
        const double y = aann_axes_y(axes, series->y[i]);
        if (series->mark == AANN_MARK_POINTS) {
            draw_dot(canvas, x, y);
        } else if (drawing) {
            cairo_line_to(canvas->cairo, x, y);
        } else {
            cairo_move_to(canvas->cairo, x, y);
        }
        drawing = true;
    }
    cairo_stroke(canvas->cairo);
}

static void measure(const aann_picture_series *series, int32_t count, aann_range *x, aann_range *y)
{
    for (int32_t s = 0; s < count; s++) {
        for (int64_t i = 0; i < series[s].count; i++) {
            aann_range_add(x, series[s].x[i]);
            aann_range_add(y, series[s].y[i]);
            if (series[s].low != NULL && series[s].high != NULL) {
                aann_range_add(y, series[s].low[i]);
                aann_range_add(y, series[s].high[i]);
            }
        }
    }
}

aann_status aann_picture_lines(const char *path, const aann_picture_frame *frame,
                               const aann_picture_series *series, int32_t count, aann_error *error)
{
    aann_canvas canvas;
    const aann_status status = aann_canvas_create(path, &canvas, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_range x = aann_range_empty();
    aann_range y = aann_range_empty();
    measure(series, count, &x, &y);
    const aann_axes axes = aann_axes_place(legend_width(&canvas, series, count),
                                           aann_range_choose(frame->x_low, frame->x_high, x),
                                           aann_range_choose(frame->y_low, frame->y_high, y));
    aann_axes_draw_titles(&canvas, &axes, frame);
    aann_axes_draw_grid(&canvas, &axes);
    cairo_save(canvas.cairo);
    cairo_rectangle(canvas.cairo, axes.left, axes.top, axes.right - axes.left,
                    axes.bottom - axes.top);
    cairo_clip(canvas.cairo);
    cairo_set_line_width(canvas.cairo, 2.0);
    cairo_set_line_join(canvas.cairo, CAIRO_LINE_JOIN_ROUND);
    for (int32_t i = 0; i < count; i++) {
        draw_series(&canvas, &axes, &series[i], aann_colour_of_series(i));
    }
    cairo_restore(canvas.cairo);
    cairo_set_line_width(canvas.cairo, 2.0);
    draw_legend(&canvas, &axes, series, count);
    return aann_canvas_finish(&canvas, status, error);
}
