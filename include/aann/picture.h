/* Pictures of numbers: line charts, histograms, matrices, maps; as PNG or SVG, whichever the path
 * ends in.
 *
 * The same numbers give the same file, byte for byte, on the same machine; other versions of cairo
 * or of the fonts may draw letters a little differently. Numbers that are NAN are left out.
 *
 *     const aann_picture_series series = {.name = "validation", .x = steps, .y = accuracy, .count = rows};
 *     const aann_picture_frame frame = {.title = "Learning", .x_label = "candidates", .y_label = "accuracy (%)"};
 *     aann_picture_lines("learning.svg", &frame, &series, 1, &error);
 * */
#ifndef AANN_PICTURE_H
#define AANN_PICTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "aann/status.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What surrounds every picture. Texts are UTF-8; NULL leaves them out. */
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
    /* in the legend; NULL: not there */
    const char *name;
    const double *x;
    const double *y;

    /* a band from low[i] to high[i]; NULL: none */
    const double *low;
    const double *high;
    int64_t count;
    aann_picture_mark mark;
} aann_picture_series;

/* Lines, dashes or points in one frame, in a colour of their own each. */
AANN_API aann_status aann_picture_lines(const char *path, const aann_picture_frame *frame,
                                        const aann_picture_series *series, int32_t count,
                                        aann_error *error);

/* A vertical line in a histogram: "expected by chance". */
typedef struct aann_picture_line {
    const char *name;
    double x;
} aann_picture_line;

/* counts[bins] over equal parts of [low, high]. y_label NULL: "count". */
AANN_API aann_status aann_picture_histogram(const char *path, const aann_picture_frame *frame,
                                            const int64_t *counts, int32_t bins, double low,
                                            double high, const aann_picture_line *lines,
                                            int32_t line_count, aann_error *error);

/* One bar of a comparison; low and high are the ends of a whisker (NAN: none). */
typedef struct aann_picture_bar {
    const char *name;
    double value;
    double low;
    double high;
} aann_picture_bar;

/* Bars that lie, from 0, one below the other, with their names at the left and their values, with
 * `decimals`, at the right. */
AANN_API aann_status aann_picture_bars(const char *path, const aann_picture_frame *frame,
                                       const aann_picture_bar *bars, int32_t count,
                                       int32_t decimals, aann_error *error);

/* values[count][count], rows and columns in the order order[count] (NULL: 0, 1, 2, ...), with a
 * colour scale from the least to the largest value; the diagonal, which everybody knows, is grey.
 * value_label says what the colours mean. */
AANN_API aann_status aann_picture_matrix(const char *path, const aann_picture_frame *frame,
                                         const double *values, const int32_t *order, int32_t count,
                                         const char *value_label, aann_error *error);

/* Points (x[i], y[i]), coloured by values[i] (NULL: all alike), with names[i] beside them (NULL:
 * none). Both axes have the same scale. */
AANN_API aann_status aann_picture_map(const char *path, const aann_picture_frame *frame,
                                      const double *x, const double *y, const double *values,
                                      const char *const *names, int32_t count,
                                      const char *value_label, aann_error *error);

#ifdef __cplusplus
}
#endif

#endif
