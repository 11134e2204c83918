/* Maps: points in the plane, with one scale for both axes, so that distances can be seen. */
#include <math.h>
#include <stddef.h>

#include "core/error.h"
#include "picture/axes.h"

enum { NAME_SIZE = 11 };

/* Widens the narrower range until a unit is as long on both axes. */
static void equal_scales(aann_axes *axes)
{
    const double width = axes->right - axes->left;
    const double height = axes->bottom - axes->top;
    const double unit_x = (axes->x.high - axes->x.low) / width;
    const double unit_y = (axes->y.high - axes->y.low) / height;
    if (unit_x < unit_y) {
        const double more = 0.5 * (unit_y * width - (axes->x.high - axes->x.low));
        axes->x = (aann_range){axes->x.low - more, axes->x.high + more};
    } else {
        const double more = 0.5 * (unit_x * height - (axes->y.high - axes->y.low));
        axes->y = (aann_range){axes->y.low - more, axes->y.high + more};
    }
}

static void draw_point(const aann_canvas *canvas, double x, double y, aann_colour colour)
{
    cairo_arc(canvas->cairo, x, y, 5.0, 0.0, 6.28318530717958647693);
    aann_canvas_colour(canvas, colour, 0.9);
    cairo_fill_preserve(canvas->cairo);
    aann_canvas_colour(canvas, (aann_colour){0.25, 0.25, 0.28}, 0.8);
    cairo_set_line_width(canvas->cairo, 0.8);
    cairo_stroke(canvas->cairo);
}

aann_status aann_picture_map(const char *path, const aann_picture_frame *frame, const double *x,
                             const double *y, const double *values, const char *const *names,
                             int32_t count, const char *value_label, aann_error *error)
{
    aann_canvas canvas;
    const aann_status status = aann_canvas_create(path, &canvas, error);
    if (status != AANN_OK) {
        return status;
    }
    aann_range range_x = aann_range_empty();
    aann_range range_y = aann_range_empty();
    aann_range colours = aann_range_empty();
    for (int32_t i = 0; i < count; i++) {
        aann_range_add(&range_x, x[i]);
        aann_range_add(&range_y, y[i]);
        aann_range_add(&colours, values == NULL ? 0.0 : values[i]);
    }
    colours = aann_range_choose(colours.low, colours.high, colours);
    aann_axes axes = aann_axes_place(values == NULL ? 0.0 : COLOUR_SCALE_WIDTH,
                                     aann_range_choose(frame->x_low, frame->x_high, range_x),
                                     aann_range_choose(frame->y_low, frame->y_high, range_y));
    equal_scales(&axes);
    aann_axes_draw_titles(&canvas, &axes, frame);
    aann_axes_draw_grid(&canvas, &axes);
    for (int32_t i = 0; i < count; i++) {
        if (!isfinite(x[i]) || !isfinite(y[i])) {
            continue;
        }
        const double share =
            values == NULL ? 0.0 : (values[i] - colours.low) / (colours.high - colours.low);
        const double place_x = aann_axes_x(&axes, x[i]);
        const double place_y = aann_axes_y(&axes, y[i]);
        draw_point(&canvas, place_x, place_y,
                   values == NULL ? aann_colour_of_series(0)
                                  : aann_colour_of_value(isnan(share) ? 0.0 : share));
        if (names != NULL && names[i] != NULL) {
            aann_canvas_colour(&canvas, (aann_colour){0.12, 0.12, 0.14}, 1.0);
            aann_canvas_text(&canvas, place_x + 8.0, place_y, NAME_SIZE, ALIGN_LEFT, names[i]);
        }
    }
    if (values != NULL) {
        aann_axes_draw_colours(&canvas, &axes, colours, value_label);
    }
    return aann_canvas_finish(&canvas, status, error);
}
