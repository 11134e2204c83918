/* Where a search begins, when it does not begin at random: aann search --start STUDY:ID. */
#ifndef AANN_CLI_COMMANDS_START_H
#define AANN_CLI_COMMANDS_START_H

#include <stdbool.h>

#include "cli/car/drivers.h"

typedef struct cli_start {
    cli_member members[CLI_LARGEST_CREW]; /* of one family */
    const aann_network *networks[CLI_LARGEST_CREW];
    int32_t count; /* 0: there is no start */
} cli_start;

/* Opens the members named by "drivers.aann:1" or "drivers.aann:1,2,5". On failure there is one line
 * on the standard error, and *status is the exit status. */
bool cli_start_open(const char *text, cli_start *start, int *status);
void cli_start_close(cli_start *start);

/* What the start means for the plan: the networks to begin with and how their outputs are to be
 * read. `tracks` (FIRST:END, or NULL) turns it into a search for reward on these. False, with a
 * line on the standard error, if that is no range. */
bool cli_start_plan(const cli_start *start, const char *tracks, bool temperature_given,
                    aann_family_plan *plan);

#endif
