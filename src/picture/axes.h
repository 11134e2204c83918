/* The frame of a chart: title, axes with round numbers, and where a value lies on the sheet. */
#ifndef AANN_PICTURE_AXES_H
#define AANN_PICTURE_AXES_H

#include <stdint.h>

#include "aann/picture.h"
#include "core/real_text.h"
#include "picture/canvas.h"

/* A range of values. */
typedef struct aann_range {
    double low;
    double high;
} aann_range;

/* Contains nothing; grows by aann_range_add, which ignores what is not finite. */
aann_range aann_range_empty(void);
void aann_range_add(aann_range *range, double value);
/* A range that can be drawn: [low, high] if low < high, else what was found, with some space around
 * it. */
aann_range aann_range_choose(double low, double high, aann_range found);

/* The part of the sheet that is drawn in, in pixels, and the values at its edges. */
typedef struct aann_axes {
    double left;
    double right;
    double top;
    double bottom;
    aann_range x;
    aann_range y;
} aann_axes;

/* The usual place; legend_width pixels are left free at the right. */
aann_axes aann_axes_place(double legend_width, aann_range x, aann_range y);

double aann_axes_x(const aann_axes *axes, double value);
double aann_axes_y(const aann_axes *axes, double value);

/* Distance of the ticks of a range, a round number, for at most `most` of them. */
double aann_axes_step(aann_range range, int32_t most);
/* A tick's number, as precise as its step needs. */
void aann_axes_number(double value, double step, char text[AANN_REAL_TEXT_SIZE]);

/* Title, subtitle and axis labels; grid and numbers, where the axes are numbers. */
void aann_axes_draw_titles(const aann_canvas *canvas, const aann_axes *axes,
                           const aann_picture_frame *frame);
void aann_axes_draw_x_grid(const aann_canvas *canvas,
                           const aann_axes *axes); /* where only x is a number */
void aann_axes_draw_grid(const aann_canvas *canvas, const aann_axes *axes);

/* A scale of colours from range.low to range.high at the right of the axes. */
void aann_axes_draw_colours(const aann_canvas *canvas, const aann_axes *axes, aann_range range,
                            const char *label);
enum { COLOUR_SCALE_WIDTH = 110 };

#endif
