/* How a search is doing, on the standard error: a line per running member, redrawn in place on a
 * terminal; elsewhere a line per member every ten seconds. */
#ifndef AANN_CLI_SHARED_PROGRESS_H
#define AANN_CLI_SHARED_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>

#include "aann/family.h"

typedef struct cli_progress {
    bool quiet;    /* says nothing */
    bool terminal; /* redraws */
    int columns;
    size_t drawn; /* lines that can be redrawn */
    double last_line;
} cli_progress;

void cli_progress_start(cli_progress *progress, bool quiet);
void cli_progress_show(cli_progress *progress, const aann_member_report *members, size_t count);

/* A line that stays, even if quiet. */
void cli_progress_say(cli_progress *progress, const char *line);

#endif
