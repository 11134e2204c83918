/* Pictures that a command draws: each as PNG and as SVG, FOLDER/NAME.png and FOLDER/NAME.svg. */
#ifndef AANN_CLI_SHARED_PICTURES_H
#define AANN_CLI_SHARED_PICTURES_H

#include <stdint.h>

#include "aann/picture.h"
#include "aann/study.h"

enum { CLI_PICTURE_PATH = 4096, CLI_PICTURE_FORMATS = 2 };

/* The path of a picture in format 0 or 1; returns it. */
const char *cli_picture_path(const char *folder, const char *name, int format,
                             char path[CLI_PICTURE_PATH]);

/* Makes a folder unless it is there. */
aann_status cli_make_folder(const char *path, aann_error *error);

aann_status cli_draw_lines(const char *folder, const char *name, const aann_picture_frame *frame,
                           const aann_picture_series *series, int32_t count, aann_error *error);

/* A histogram of values[count], with a line (or NULL). Draws nothing where there is no value. */
aann_status cli_draw_values(const char *folder, const char *name, const aann_picture_frame *frame,
                            const double *values, int64_t count, const aann_picture_line *line,
                            aann_error *error);

/* What of a member's history is drawn. */
typedef enum cli_history {
    CLI_HISTORY_STEPS,   /* thousands of candidates */
    CLI_HISTORY_SAMPLES, /* logarithm to base 10 of the samples evaluated */
    CLI_HISTORY_TRAIN_LOSS,
    CLI_HISTORY_VALIDATION_LOSS,
    CLI_HISTORY_VALIDATION_ACCURACY /* percent */
} cli_history;

/* The histories of members[count]; names (may be NULL) and names[i] as in aann_picture_series. */
aann_status cli_draw_histories(const char *folder, const char *name,
                               const aann_picture_frame *frame, aann_study *study,
                               const int64_t *members, const char *const *names, int32_t count,
                               cli_history x, cli_history y, aann_error *error);

#endif
