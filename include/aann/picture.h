/* Charts: lines, histograms, bars, matrices, maps, as PNG or SVG files. The end of the path selects
 * the format.
 *
 * The same numbers give the same file, byte for byte, on the same machine; other versions of cairo
 * or of the fonts may draw letters differently. NAN values are left out. Thread safety: nothing is
 * kept between calls; any thread may write a picture at any time. Errors: argument (the path's end,
 * empty data), io, memory.
 *
 *     const aann_picture_series series = {
 *         .name = "validation", .x = steps, .y = accuracy, .count = rows};
 *     const aann_picture_frame frame = {
 *         .title = "Learning", .x_label = "candidates", .y_label = "accuracy (%)"};
 *     aann_picture_lines("learning.svg", &frame, &series, 1, &error);
 */
#ifndef AANN_PICTURE_H
#define AANN_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Title and axes. Texts are UTF-8; NULL leaves a text out. */
typedef struct aann_picture_frame {
    const char *title;

    /* a smaller line under the title */
    const char *subtitle;

    /* with units: "steps (thousands)" */
    const char *x_label;
    const char *y_label;

    /* limits of an axis; low == high: from the data */
    double x_low;
    double x_high;
    double y_low;
    double y_high;
} aann_picture_frame;

typedef enum aann_picture_mark {
    AANN_MARK_LINE,
    AANN_MARK_DASHES,
    AANN_MARK_POINTS
} aann_picture_mark;

typedef struct aann_picture_series {
    /* name in the legend; NULL: not in the legend */
    const char *name;

    /* [count] */
    const double *x;
    const double *y;

    /* [count]: a band from low[i] to high[i]; NULL: no band */
    const double *low;
    const double *high;
    int64_t count;
    aann_picture_mark mark;
} aann_picture_series;

/* Draws series[count] as lines, dashes or points in one frame, each in another colour. */
AANN_API aann_status aann_picture_lines(const char *path, const aann_picture_frame *frame,
                                        const aann_picture_series *series, int32_t count,
                                        aann_error *error);

/* A vertical line in a histogram: "expected by chance". */
typedef struct aann_picture_line {
    const char *name;
    double x;
} aann_picture_line;

/* Draws counts[bins] over equal parts of [low, high], with vertical lines[line_count]. A NULL
 * frame->y_label is "count". */
AANN_API aann_status aann_picture_histogram(const char *path, const aann_picture_frame *frame,
                                            const int64_t *counts, int32_t bins, double low,
                                            double high, const aann_picture_line *lines,
                                            int32_t line_count, aann_error *error);

/* One bar of a comparison. low and high are the ends of its whisker (NAN: none). */
typedef struct aann_picture_bar {
    const char *name;
    double value;
    double low;
    double high;
} aann_picture_bar;

/* Draws horizontal bars from 0, one below the other, with their names at the left and their values,
 * with `decimals` decimals, at the right. */
AANN_API aann_status aann_picture_bars(const char *path, const aann_picture_frame *frame,
                                       const aann_picture_bar *bars, int32_t count,
                                       int32_t decimals, aann_error *error);

/* Draws values[count][count] with rows and columns in the order order[count] (NULL: 0, 1, 2, ...)
 * and a colour scale from the smallest to the largest value. The diagonal is grey. value_label
 * names the colour scale. */
AANN_API aann_status aann_picture_matrix(const char *path, const aann_picture_frame *frame,
                                         const double *values, const int32_t *order, int32_t count,
                                         const char *value_label, aann_error *error);

/* Draws points (x[i], y[i]), coloured by values[i] (NULL: one colour), with names[i] beside them
 * (NULL: none). Both axes have the same scale. */
AANN_API aann_status aann_picture_map(const char *path, const aann_picture_frame *frame,
                                      const double *x, const double *y, const double *values,
                                      const char *const *names, int32_t count,
                                      const char *value_label, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
