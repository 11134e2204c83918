/* Where a search begins, when it does not begin at random: aann search --start STUDY:ID. */
#ifndef AANN_CLI_COMMANDS_START_H
#define AANN_CLI_COMMANDS_START_H

#include <stdbool.h>

#include "cli/shared/members.h"

/* Opens the members of one family that are named by "drivers.aann:1" or "drivers.aann:1,2,5". On
 * failure there is one line on the standard error, and *status is the exit status. Free with
 * cli_members_close. */
bool cli_start_open(const char *text, cli_members *start, int *status);

/* What the start (if it has members) means for the plan: the networks to begin with and how their
 * outputs are to be read. `tracks` (FIRST:END, or NULL) turns it into a search for reward on these.
 * False, with a line on the standard error, if that is no range. */
bool cli_start_plan(const cli_members *start, const char *tracks, aann_family_plan *plan);

#endif
