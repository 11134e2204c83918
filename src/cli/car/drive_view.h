/* One drive to look at: live in the terminal, or in a file. */
#ifndef AANN_CLI_CAR_DRIVE_VIEW_H
#define AANN_CLI_CAR_DRIVE_VIEW_H

#include "aann/drive.h"

typedef struct cli_drive_view {
    bool live; /* draw in the terminal, at the speed of the task */
    const char *
        path; /* NULL: no file. Ends in .webp: a moving picture; in .png: one picture, or with `every` one of
                         each, NAME-STEP.png */
    int32_t every; /* steps from picture to picture of the file */
    int32_t enlarge;
} cli_drive_view;

/* Drives `track` and shows it; stops when asked to (Ctrl-C). */
aann_status cli_drive_show(const aann_driver *driver, uint64_t track, const cli_drive_view *view,
                           const char *isa, aann_lap *drive, aann_error *error);

#endif
