/* `aann geometry --pictures`: matrices, histograms, the map, and how the members learned. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aann/picture.h"
#include "cli/shared/geometry.h"
#include "cli/shared/histogram.h"
#include "cli/shared/message.h"

enum { PATH_SIZE = 4096, TEXT_SIZE = 160, MOST_NAMES = 60 };

static const char *const endings[2] = {"png", "svg"};

/* What drawing any of them needs. */
typedef struct drawing {
    const cli_family *family;
    const cli_measures *measures;
    const char *folder;
    char subtitle[TEXT_SIZE];
} drawing;

aann_status cli_make_folder(const char *path, aann_error *error)
{
    struct stat there;
    if (mkdir(path, 0777) == 0) {
        return AANN_OK;
    }
    const int reason = errno;
    if (reason == EEXIST && stat(path, &there) == 0) {
        return S_ISDIR(there.st_mode)
                   ? AANN_OK
                   : cli_set_error(error, AANN_ERROR_IO, "%s: is not a folder", path);
    }
    return cli_set_error(error, AANN_ERROR_IO, "%s: %s", path, strerror(reason));
}

static const char *path_of(const drawing *d, const char *name, int ending, char path[PATH_SIZE])
{
    snprintf(path, PATH_SIZE, "%s/%s.%s", d->folder, name, endings[ending]);
    return path;
}

/* What the numbers of a measure are. */
static void describe(const cli_measure *measure, char text[TEXT_SIZE])
{
    switch (measure->kind) {
    case CLI_MEASURE_DISTANCE:
        snprintf(text, TEXT_SIZE, "weights that differ, %s", measure->title);
        break;
    case CLI_MEASURE_MATCHED:
        snprintf(text, TEXT_SIZE, "weights that differ after matching units, %s", measure->title);
        break;
    case CLI_MEASURE_ANSWERS: snprintf(text, TEXT_SIZE, "%s", measure->title); break;
    case CLI_MEASURE_SIMILARITY:
        snprintf(text, TEXT_SIZE, "similarity (CKA) of layer %s", measure->title);
        break;
    }
}

static aann_status draw_matrix(const drawing *d, const cli_measure *measure, aann_error *error)
{
    char text[TEXT_SIZE];
    char name[64];
    describe(measure, text);
    snprintf(name, sizeof name, "%s_matrix", measure->key);
    text[0] = (char)(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0]);
    const aann_picture_frame frame = {.title = text,
                                      .subtitle = d->subtitle,
                                      .x_label =
                                          "members, ordered by clustering of their distances",
                                      .y_label = "members, same order"};
    aann_status status = AANN_OK;
    for (int ending = 0; status == AANN_OK && ending < 2; ending++) {
        char path[PATH_SIZE];
        status = aann_picture_matrix(path_of(d, name, ending, path), &frame, measure->values,
                                     d->measures->order, d->measures->count, NULL, error);
    }
    return status;
}

static aann_status draw_values(const drawing *d, const char *name, const aann_picture_frame *frame,
                               const double *values, int64_t count, const aann_picture_line *line,
                               aann_error *error)
{
    aann_bins parts;
    aann_status status = aann_bins_choose(values, count, 0, &parts, error);
    if (status != AANN_OK || parts.bins == 0) {
        return status;
    }
    int64_t counts[AANN_MAX_BINS];
    aann_bins_count(values, count, parts.low, parts.high, parts.bins, counts);
    for (int ending = 0; status == AANN_OK && ending < 2; ending++) {
        char path[PATH_SIZE];
        status = aann_picture_histogram(path_of(d, name, ending, path), frame, counts, parts.bins,
                                        parts.low, parts.high, line, line != NULL ? 1 : 0, error);
    }
    return status;
}

static aann_status draw_pairs(const drawing *d, const cli_measure *measure, aann_error *error)
{
    char text[TEXT_SIZE];
    char name[64];
    char expected[TEXT_SIZE];
    describe(measure, text);
    snprintf(name, sizeof name, "%s_histogram", measure->key);
    snprintf(expected, sizeof expected, "by chance: %.1f +- %.1f", measure->chance.mean,
             sqrt(measure->chance.variance));
    const aann_picture_line line = {expected, measure->chance.mean};
    const aann_picture_frame frame = {
        .title = "Pairs of members", .subtitle = d->subtitle, .x_label = text, .y_label = "pairs"};
    int64_t pairs = 0;
    double *values = cli_pairs(measure->values, d->measures->count, &pairs);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    const aann_status status = draw_values(d, name, &frame, values, pairs,
                                           measure->chance.mean > 0.0 ? &line : NULL, error);
    free(values);
    return status;
}

static aann_status draw_accuracies(const drawing *d, const double *percent, aann_error *error)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "accuracy on the %s split (%%)", d->measures->split);
    const aann_picture_frame frame = {.title = "Accuracy of the members",
                                      .subtitle = d->subtitle,
                                      .x_label = text,
                                      .y_label = "members"};
    return draw_values(d, "accuracy_histogram", &frame, percent, d->measures->count, NULL, error);
}

static aann_status draw_map(const drawing *d, const double *percent, aann_error *error)
{
    const int32_t count = d->measures->count;
    double *x = malloc((size_t)count * sizeof *x);
    double *y = malloc((size_t)count * sizeof *y);
    char(*texts)[24] = malloc((size_t)count * sizeof *texts);
    const char **names = malloc((size_t)count * sizeof *names);
    char title[TEXT_SIZE];
    snprintf(title, sizeof title, "Map of the wirings: two axes show %.1f %% of the distances",
             100.0 * d->measures->share);
    aann_status status = AANN_OK;
    if (x == NULL || y == NULL || texts == NULL || names == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        x[i] = d->measures->map[2 * i];
        y[i] = d->measures->map[2 * i + 1];
        snprintf(texts[i], sizeof texts[i], "%" PRId64, d->family->family.members[i].id);
        names[i] = count <= MOST_NAMES ? texts[i] : NULL;
    }
    const aann_picture_frame frame = {.title = title,
                                      .subtitle = d->subtitle,
                                      .x_label = "first axis (root of the weights that differ)",
                                      .y_label = "second axis"};
    for (int ending = 0; status == AANN_OK && ending < 2; ending++) {
        char path[PATH_SIZE];
        status = aann_picture_map(path_of(d, "map", ending, path), &frame, x, y, percent, names,
                                  count, "accuracy (%)", error);
    }
    free(x);
    free(y);
    free(texts);
    free(names);
    return status;
}

/* The two pictures of a history. */
typedef enum curve_kind { CURVE_VALIDATION_ACCURACY, CURVE_TRAIN_LOSS } curve_kind;

/* A member's history as a series; *x and *y are malloc'ed. */
static aann_status read_curve(const drawing *d, int64_t member, curve_kind kind,
                              aann_picture_series *series, double **x, double **y,
                              aann_error *error)
{
    aann_trace_row *rows = NULL;
    size_t count = 0;
    const aann_status status = aann_study_trace(d->family->study, member, &rows, &count, error);
    if (status != AANN_OK) {
        return status;
    }
    *x = malloc((count + 1) * sizeof **x);
    *y = malloc((count + 1) * sizeof **y);
    if (*x == NULL || *y == NULL) {
        free(rows);
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (size_t i = 0; i < count; i++) {
        (*x)[i] = (double)rows[i].step / 1000.0;
        (*y)[i] =
            kind == CURVE_TRAIN_LOSS ? rows[i].train_loss : 100.0 * rows[i].validation_accuracy;
    }
    free(rows);
    *series = (aann_picture_series){.x = *x, .y = *y, .count = (int64_t)count};
    return AANN_OK;
}

static aann_status draw_learning(const drawing *d, curve_kind kind, aann_error *error)
{
    const int32_t count = d->measures->count;
    aann_picture_series *series = calloc((size_t)count, sizeof *series);
    double **x = calloc((size_t)count, sizeof *x);
    double **y = calloc((size_t)count, sizeof *y);
    aann_status status = AANN_OK;
    if (series == NULL || x == NULL || y == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        status =
            read_curve(d, d->family->family.members[i].id, kind, &series[i], &x[i], &y[i], error);
    }
    const bool loss = kind == CURVE_TRAIN_LOSS;
    const aann_picture_frame frame = {.title = "How the members learned",
                                      .subtitle = d->subtitle,
                                      .x_label = "candidates (thousands)",
                                      .y_label = loss ? "mean loss on the training samples in use"
                                                      : "accuracy on the validation split (%)"};
    for (int ending = 0; status == AANN_OK && ending < 2; ending++) {
        char path[PATH_SIZE];
        status = aann_picture_lines(path_of(d, loss ? "learning_loss" : "learning", ending, path),
                                    &frame, series, count, error);
    }
    for (int32_t i = 0; x != NULL && y != NULL && i < count; i++) {
        free(x[i]);
        free(y[i]);
    }
    free(series);
    free(x);
    free(y);
    return status;
}

static aann_status draw_members(const drawing *d, aann_error *error)
{
    const int32_t count = d->measures->count;
    if (d->measures->accuracy == NULL) { /* a regression */
        return draw_learning(d, CURVE_TRAIN_LOSS, error);
    }
    double *percent = malloc((size_t)count * sizeof *percent);
    if (percent == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int32_t i = 0; i < count; i++) {
        percent[i] = 100.0 * d->measures->accuracy[i];
    }
    aann_status status = draw_accuracies(d, percent, error);
    if (status == AANN_OK) {
        status = draw_map(d, percent, error);
    }
    if (status == AANN_OK) {
        status = draw_learning(d, CURVE_VALIDATION_ACCURACY, error);
    }
    if (status == AANN_OK) {
        status = draw_learning(d, CURVE_TRAIN_LOSS, error);
    }
    free(percent);
    return status;
}

aann_status cli_geometry_pictures(const cli_family *opened, const cli_measures *measures,
                                  const char *folder, aann_error *error)
{
    drawing d = {.family = opened, .measures = measures, .folder = folder};
    snprintf(d.subtitle, sizeof d.subtitle, "%s: %d members, %.80s", opened->family.row.name,
             opened->family.member_count, opened->family.row.spec);
    aann_status status = cli_make_folder(folder, error);
    for (int32_t i = 0; status == AANN_OK && i < measures->measure_count; i++) {
        const cli_measure *measure = &measures->list[i];
        const bool part =
            strstr(measure->key, "_layer") != NULL && measure->kind != CLI_MEASURE_SIMILARITY;
        if (part) {
            continue; /* distances layer by layer are in the tables */
        }
        status = draw_matrix(&d, measure, error);
        if (status == AANN_OK) {
            status = draw_pairs(&d, measure, error);
        }
    }
    return status == AANN_OK ? draw_members(&d, error) : status;
}
