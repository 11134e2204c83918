/* Axes: round numbers at even distances, a light grid, and the texts around it. */
#include "picture/axes.h"

#include <math.h>
#include <stdio.h>

enum { MARGIN_LEFT = 90, MARGIN_RIGHT = 36, MARGIN_TOP = 76, MARGIN_BOTTOM = 66 };
enum { TITLE_SIZE = 19, LABEL_SIZE = 15, NUMBER_SIZE = 13, MOST_TICKS = 9 };

static const aann_colour ink = {0.12, 0.12, 0.14};
static const aann_colour faint = {0.45, 0.45, 0.48};
static const aann_colour grid = {0.88, 0.88, 0.90};

aann_range aann_range_empty(void)
{
    return (aann_range){INFINITY, -INFINITY};
}

void aann_range_add(aann_range *range, double value)
{
    if (isfinite(value)) {
        range->low = fmin(range->low, value);
        range->high = fmax(range->high, value);
    }
}

aann_range aann_range_choose(double low, double high, aann_range found)
{
    if (low < high) {
        return (aann_range){low, high};
    }
    if (!(found.low <= found.high)) {
        return (aann_range){0.0, 1.0};
    }
    const double width = found.high - found.low;
    const double space = width > 0.0 ? 0.04 * width : fmax(0.05 * fabs(found.low), 1e-6);
    return (aann_range){found.low - space, found.high + space};
}

aann_axes aann_axes_place(double legend_width, aann_range x, aann_range y)
{
    return (aann_axes){.left = MARGIN_LEFT,
                       .right = CANVAS_WIDTH - MARGIN_RIGHT - legend_width,
                       .top = MARGIN_TOP,
                       .bottom = CANVAS_HEIGHT - MARGIN_BOTTOM,
                       .x = x,
                       .y = y};
}

double aann_axes_x(const aann_axes *axes, double value)
{
    return axes->left +
           (value - axes->x.low) / (axes->x.high - axes->x.low) * (axes->right - axes->left);
}

double aann_axes_y(const aann_axes *axes, double value)
{
    return axes->bottom -
           (value - axes->y.low) / (axes->y.high - axes->y.low) * (axes->bottom - axes->top);
}

double aann_axes_step(aann_range range, int32_t most)
{
    const double least = (range.high - range.low) / most;
    const double power = pow(10.0, floor(log10(least)));
    static const double multiples[4] = {1.0, 2.0, 5.0, 10.0};
    for (int i = 0; i < 4; i++) {
        if (multiples[i] * power >= least * (1.0 - 1e-9)) {
            return multiples[i] * power;
        }
    }
    return 10.0 * power;
}

void aann_axes_number(double value, double step, char text[AANN_REAL_TEXT_SIZE])
{
    const double rounded = fabs(value) < 1e-9 * step ? 0.0 : value;
    const int decimals = step < 1.0 ? (int)ceil(-log10(step) - 1e-9) : 0;
    if (fabs(rounded) >= 1e6 || decimals > 5) {
        aann_real_to_text(rounded, 6, text);
    } else {
        aann_real_to_fixed(rounded, decimals, text);
    }
}

void aann_axes_draw_titles(const aann_canvas *canvas, const aann_axes *axes,
                           const aann_picture_frame *frame)
{
    const double middle = 0.5 * (axes->left + axes->right);
    aann_canvas_colour(canvas, ink, 1.0);
    aann_canvas_text(canvas, axes->left, frame->subtitle != NULL ? 24.0 : 36.0, TITLE_SIZE,
                     ALIGN_LEFT, frame->title);
    aann_canvas_text(canvas, middle, CANVAS_HEIGHT - 20.0, LABEL_SIZE, ALIGN_CENTRE,
                     frame->x_label);
    aann_canvas_text_upwards(canvas, axes->left - 68.0, 0.5 * (axes->top + axes->bottom),
                             LABEL_SIZE, frame->y_label);
    aann_canvas_colour(canvas, faint, 1.0);
    aann_canvas_text(canvas, axes->left, 50.0, NUMBER_SIZE, ALIGN_LEFT, frame->subtitle);
}

static void line(const aann_canvas *canvas, double x0, double y0, double x1, double y1)
{
    cairo_move_to(canvas->cairo, x0, y0);
    cairo_line_to(canvas->cairo, x1, y1);
    cairo_stroke(canvas->cairo);
}

static void draw_x_ticks(const aann_canvas *canvas, const aann_axes *axes)
{
    const double step = aann_axes_step(axes->x, MOST_TICKS);
    const int64_t first = (int64_t)ceil(axes->x.low / step - 1e-9);
    const int64_t last = (int64_t)floor(axes->x.high / step + 1e-9);
    for (int64_t tick = first; tick <= last; tick++) {
        const double x = aann_axes_x(axes, (double)tick * step);
        char text[AANN_REAL_TEXT_SIZE];
        aann_axes_number((double)tick * step, step, text);
        aann_canvas_colour(canvas, grid, 1.0);
        line(canvas, x, axes->top, x, axes->bottom);
        aann_canvas_colour(canvas, ink, 1.0);
        aann_canvas_text(canvas, x, axes->bottom + 16.0, NUMBER_SIZE, ALIGN_CENTRE, text);
    }
}

static void draw_y_ticks(const aann_canvas *canvas, const aann_axes *axes)
{
    const double step = aann_axes_step(axes->y, MOST_TICKS);
    const int64_t first = (int64_t)ceil(axes->y.low / step - 1e-9);
    const int64_t last = (int64_t)floor(axes->y.high / step + 1e-9);
    for (int64_t tick = first; tick <= last; tick++) {
        const double y = aann_axes_y(axes, (double)tick * step);
        char text[AANN_REAL_TEXT_SIZE];
        aann_axes_number((double)tick * step, step, text);
        aann_canvas_colour(canvas, grid, 1.0);
        line(canvas, axes->left, y, axes->right, y);
        aann_canvas_colour(canvas, ink, 1.0);
        aann_canvas_text(canvas, axes->left - 8.0, y, NUMBER_SIZE, ALIGN_RIGHT, text);
    }
}

void aann_axes_draw_grid(const aann_canvas *canvas, const aann_axes *axes)
{
    cairo_set_line_width(canvas->cairo, 1.0);
    draw_y_ticks(canvas, axes);
    aann_axes_draw_x_grid(canvas, axes);
}

void aann_axes_draw_x_grid(const aann_canvas *canvas, const aann_axes *axes)
{
    cairo_set_line_width(canvas->cairo, 1.0);
    draw_x_ticks(canvas, axes);
    aann_canvas_colour(canvas, faint, 1.0);
    cairo_rectangle(canvas->cairo, axes->left, axes->top, axes->right - axes->left,
                    axes->bottom - axes->top);
    cairo_stroke(canvas->cairo);
}

void aann_axes_draw_colours(const aann_canvas *canvas, const aann_axes *axes, aann_range range,
                            const char *label)
{
    enum { STRIPES = 128 };
    const double left = axes->right + 22.0;
    const double width = 18.0;
    const double height = axes->bottom - axes->top;
    cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_NONE);
    for (int32_t stripe = 0; stripe < STRIPES; stripe++) {
        aann_canvas_colour(canvas, aann_colour_of_value((stripe + 0.5) / STRIPES), 1.0);
        const double bottom = axes->bottom - height * stripe / STRIPES;
        cairo_rectangle(canvas->cairo, left, bottom - height / STRIPES - 0.5, width,
                        height / STRIPES + 0.5);
        cairo_fill(canvas->cairo);
    }
    cairo_set_antialias(canvas->cairo, CAIRO_ANTIALIAS_DEFAULT);
    const double step = aann_axes_step(range, MOST_TICKS);
    const int64_t last = (int64_t)floor(range.high / step + 1e-9);
    aann_canvas_colour(canvas, ink, 1.0);
    for (int64_t tick = (int64_t)ceil(range.low / step - 1e-9); tick <= last; tick++) {
        char text[AANN_REAL_TEXT_SIZE];
        aann_axes_number((double)tick * step, step, text);
        const double y =
            axes->bottom - height * ((double)tick * step - range.low) / (range.high - range.low);
        aann_canvas_text(canvas, left + width + 6.0, y, NUMBER_SIZE, ALIGN_LEFT, text);
    }
    aann_canvas_text(canvas, left + width + 60.0, axes->top - 16.0, NUMBER_SIZE, ALIGN_RIGHT,
                     label);
}
