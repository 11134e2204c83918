/* Drawing in both formats, and what several commands draw. */
#include "cli/shared/pictures.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "aann/geometry.h"
#include "cli/shared/message.h"

const char *cli_picture_path(const char *folder, const char *name, int format,
                             char path[CLI_PICTURE_PATH])
{
    static const char *const endings[CLI_PICTURE_FORMATS] = {"png", "svg"};
    snprintf(path, CLI_PICTURE_PATH, "%s/%s.%s", folder, name, endings[format]);
    return path;
}

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

aann_status cli_draw_lines(const char *folder, const char *name, const aann_picture_frame *frame,
                           const aann_picture_series *series, int32_t count, aann_error *error)
{
    char path[CLI_PICTURE_PATH];
    aann_status status = AANN_OK;
    for (int format = 0; status == AANN_OK && format < CLI_PICTURE_FORMATS; format++) {
        cli_picture_path(folder, name, format, path);
        status = aann_picture_lines(path, frame, series, count, error);
    }
    return status;
}

aann_status cli_draw_values(const char *folder, const char *name, const aann_picture_frame *frame,
                            const double *values, int64_t count, const aann_picture_line *line,
                            aann_error *error)
{
    char path[CLI_PICTURE_PATH];
    aann_bins parts;
    int64_t counts[AANN_MAX_BINS];
    aann_status status = aann_bins_choose(values, count, 0, &parts, error);
    if (status != AANN_OK || parts.bins == 0) {
        return status;
    }
    aann_bins_count(values, count, parts.low, parts.high, parts.bins, counts);
    for (int format = 0; status == AANN_OK && format < CLI_PICTURE_FORMATS; format++) {
        cli_picture_path(folder, name, format, path);
        status = aann_picture_histogram(path, frame, counts, parts.bins, parts.low, parts.high,
                                        line, line != NULL ? 1 : 0, error);
    }
    return status;
}

/* ---- histories ------------------------------------------------------------------------------- */

static double value_of(const aann_trace_row *row, cli_history what)
{
    switch (what) {
    case CLI_HISTORY_STEPS: return (double)row->step / 1000.0;
    case CLI_HISTORY_SAMPLES: return log10((double)row->evaluated_samples);
    case CLI_HISTORY_TRAIN_LOSS: return row->train_loss;
    case CLI_HISTORY_VALIDATION_LOSS: return row->validation_loss;
    case CLI_HISTORY_VALIDATION_ACCURACY: return 100.0 * row->validation_accuracy;
    }
    return NAN;
}

/* *values is malloc'ed: x[count], then y[count] of the series. */
static aann_status read_history(aann_study *study, int64_t member, cli_history x, cli_history y,
                                aann_picture_series *series, double **values, aann_error *error)
{
    aann_trace_row *rows = NULL;
    size_t count = 0;
    const aann_status status = aann_study_trace(study, member, &rows, &count, error);
    if (status != AANN_OK) {
        return status;
    }
    double *pairs = malloc((2 * count + 1) * sizeof *pairs);
    for (size_t i = 0; pairs != NULL && i < count; i++) {
        pairs[i] = value_of(&rows[i], x);
        pairs[count + i] = value_of(&rows[i], y);
    }
    aann_free(rows);
    if (pairs == NULL) {
        return cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    *values = pairs;
    series->x = pairs;
    series->y = pairs + count;
    series->count = (int64_t)count;
    return AANN_OK;
}

aann_status cli_draw_histories(const char *folder, const char *name,
                               const aann_picture_frame *frame, aann_study *study,
                               const int64_t *members, const char *const *names, int32_t count,
                               cli_history x, cli_history y, aann_error *error)
{
    if (count < 1) {
        return AANN_OK;
    }
    aann_picture_series *series = calloc((size_t)count, sizeof *series);
    double **values = calloc((size_t)count, sizeof *values);
    aann_status status = AANN_OK;
    if (series == NULL || values == NULL) {
        status = cli_set_error(error, AANN_ERROR_MEMORY, "out of memory for a picture");
    }
    for (int32_t i = 0; status == AANN_OK && i < count; i++) {
        series[i].name = names != NULL ? names[i] : NULL;
        status = read_history(study, members[i], x, y, &series[i], &values[i], error);
    }
    if (status == AANN_OK) {
        status = cli_draw_lines(folder, name, frame, series, count, error);
    }
    for (int32_t i = 0; values != NULL && i < count; i++) {
        free(values[i]);
    }
    free(series);
    free(values);
    return status;
}
