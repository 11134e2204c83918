/* The budget of a search on a command line, beyond a number of steps: its phases. */
#ifndef AANN_CLI_SHARED_BUDGET_H
#define AANN_CLI_SHARED_BUDGET_H

#include "aann/phases.h"
#include "cli/shared/options.h"

enum { CLI_BUDGET_OPTIONS = 1 };

/* What can be typed. Begin with {0}. */
typedef struct cli_budget {
    const char *phases; /* a file, or the text itself; NULL: not given */
} cli_budget;

/* Writes the options to list[CLI_BUDGET_OPTIONS]; returns how many. */
size_t cli_budget_options(cli_budget *budget, cli_option *list);

/* Says what does not go together, and returns false. */
bool cli_budget_check(const cli_budget *budget, bool steps_given);

/* Puts the phases into the plan, whose other options are set. False, with a line on the standard
 * error, if they make no sense. */
bool cli_budget_plan(const cli_budget *budget, aann_family_plan *plan);

#endif
