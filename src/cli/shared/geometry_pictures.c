/* `aann geometry --pictures`: matrices, histograms, the map, and how the members learned. */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "aann/picture.h"
#include "cli/shared/geometry.h"
#include "cli/shared/histogram.h"
#include "cli/shared/message.h"
#include "cli/shared/pictures.h"

enum { TEXT_SIZE = 160, MOST_NAMES = 60 };

/* What drawing any of them needs. */
typedef struct drawing {
    const cli_comparison *geometry;
    const cli_family *family;
    const aann_measures *measures;
    const char *folder;
    char subtitle[TEXT_SIZE];
} drawing;

/* What the numbers of a measure are. */
static void describe(const drawing *d, const aann_measure *measure, char text[TEXT_SIZE])
{
    char title[CLI_TITLE_SIZE];
    cli_measure_title(d->geometry, measure, title);
    switch (measure->kind) {
    case AANN_MEASURE_DISTANCE: snprintf(text, TEXT_SIZE, "weights that differ, %s", title); break;
    case AANN_MEASURE_MATCHED:
        snprintf(text, TEXT_SIZE, "weights that differ after matching units, %s", title);
        break;
    case AANN_MEASURE_ANSWERS: snprintf(text, TEXT_SIZE, "%s", title); break;
    case AANN_MEASURE_SIMILARITY:
        snprintf(text, TEXT_SIZE, "similarity (CKA) of layer %s", title);
        break;
    }
}

static aann_status draw_matrix(const drawing *d, const aann_measure *measure, aann_error *error)
{
    char text[TEXT_SIZE];
    char name[64];
    describe(d, measure, text);
    snprintf(name, sizeof name, "%s_matrix", measure->key);
    text[0] = (char)(text[0] >= 'a' && text[0] <= 'z' ? text[0] - 'a' + 'A' : text[0]);
    const aann_picture_frame frame = {.title = text,
                                      .subtitle = d->subtitle,
                                      .x_label =
                                          "members, ordered by clustering of their distances",
                                      .y_label = "members, same order"};
    aann_status status = AANN_OK;
    for (int format = 0; status == AANN_OK && format < CLI_PICTURE_FORMATS; format++) {
        char path[CLI_PICTURE_PATH];
        status = aann_picture_matrix(cli_picture_path(d->folder, name, format, path), &frame,
                                     measure->values, d->measures->order, d->measures->count, NULL,
                                     error);
    }
    return status;
}

static aann_status draw_pairs(const drawing *d, const aann_measure *measure, aann_error *error)
{
    char text[TEXT_SIZE];
    char name[64];
    char expected[TEXT_SIZE];
    describe(d, measure, text);
    snprintf(name, sizeof name, "%s_histogram", measure->key);
    /* A similarity is at most 1, and random networks have one as well; a distance counts weights.
     * One pair has no deviation. */
    const bool similar = measure->kind == AANN_MEASURE_SIMILARITY;
    const int digits = similar ? 3 : 1;
    const int length =
        snprintf(expected, sizeof expected, "%s: %.*f", similar ? "random networks" : "by chance",
                 digits, measure->chance.mean);
    if (isfinite(measure->chance.variance)) {
        snprintf(expected + length, sizeof expected - (size_t)length, " +- %.*f", digits,
                 sqrt(measure->chance.variance));
    }
    const aann_picture_line line = {expected, measure->chance.mean};
    const aann_picture_frame frame = {
        .title = "Pairs of members", .subtitle = d->subtitle, .x_label = text, .y_label = "pairs"};
    int64_t pairs = 0;
    double *values = cli_pairs(measure->values, d->measures->count, &pairs);
    if (values == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    const aann_status status = cli_draw_values(d->folder, name, &frame, values, pairs,
                                               measure->chance.mean > 0.0 ? &line : NULL, error);
    free(values);
    return status;
}

static aann_status draw_accuracies(const drawing *d, const double *percent, aann_error *error)
{
    char text[TEXT_SIZE];
    snprintf(text, sizeof text, "accuracy on the %s split (%%)", d->geometry->split);
    const aann_picture_frame frame = {.title = "Accuracy of the members",
                                      .subtitle = d->subtitle,
                                      .x_label = text,
                                      .y_label = "members"};
    return cli_draw_values(d->folder, "accuracy_histogram", &frame, percent, d->measures->count,
                           NULL, error);
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
    for (int format = 0; status == AANN_OK && format < CLI_PICTURE_FORMATS; format++) {
        char path[CLI_PICTURE_PATH];
        status = aann_picture_map(cli_picture_path(d->folder, "map", format, path), &frame, x, y,
                                  percent, names, count, "accuracy (%)", error);
    }
    free(x);
    free(y);
    free(texts);
    free(names);
    return status;
}

static aann_status draw_learning(const drawing *d, cli_history what, aann_error *error)
{
    const int32_t count = d->measures->count;
    const bool loss = what == CLI_HISTORY_TRAIN_LOSS;
    int64_t *members = malloc((size_t)count * sizeof *members);
    if (members == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int32_t i = 0; i < count; i++) {
        members[i] = d->family->family.members[i].id;
    }
    const aann_picture_frame frame = {.title = "How the members learned",
                                      .subtitle = d->subtitle,
                                      .x_label = "candidates (thousands)",
                                      .y_label = loss ? "mean loss on the training samples in use"
                                                      : "accuracy on the validation split (%)"};
    const aann_status status =
        cli_draw_histories(d->folder, loss ? "learning_loss" : "learning", &frame, d->family->study,
                           members, NULL, count, CLI_HISTORY_STEPS, what, error);
    free(members);
    return status;
}

static aann_status draw_members(const drawing *d, aann_error *error)
{
    const int32_t count = d->measures->count;
    if (d->measures->accuracy == NULL) { /* a regression */
        return draw_learning(d, CLI_HISTORY_TRAIN_LOSS, error);
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
        status = draw_learning(d, CLI_HISTORY_VALIDATION_ACCURACY, error);
    }
    if (status == AANN_OK) {
        status = draw_learning(d, CLI_HISTORY_TRAIN_LOSS, error);
    }
    free(percent);
    return status;
}

aann_status cli_geometry_pictures(const cli_comparison *geometry, const char *folder,
                                  aann_error *error)
{
    const cli_family *opened = geometry->opened;
    const aann_measures *measures = &geometry->measures;
    drawing d = {.geometry = geometry, .family = opened, .measures = measures, .folder = folder};
    snprintf(d.subtitle, sizeof d.subtitle, "%s: %d members, %.80s", opened->family.row.name,
             opened->family.member_count, opened->family.row.spec);
    aann_status status = cli_make_folder(folder, error);
    for (int32_t i = 0; status == AANN_OK && i < measures->measure_count; i++) {
        const aann_measure *measure = &measures->list[i];
        const bool part =
            strstr(measure->key, "_layer") != NULL && measure->kind != AANN_MEASURE_SIMILARITY;
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
