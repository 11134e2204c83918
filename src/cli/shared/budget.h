/* The budget of a search on a command line, beyond a number of steps: its
 * phases, or an effort that plans them. */
#ifndef AANN_CLI_SHARED_BUDGET_H
#define AANN_CLI_SHARED_BUDGET_H

#include "aann/phases.h"
#include "cli/shared/options.h"
#include "cli/shared/search_options.h"

enum { CLI_BUDGET_OPTIONS = 2 };

/* What can be typed. Begin with {0}. */
typedef struct cli_budget {
    const char *phases; /* a file, or the text itself; NULL: not given */
    int32_t effort;     /* 0: not given */
} cli_budget;

/* Writes the options to list[CLI_BUDGET_OPTIONS]; returns how many. */
size_t cli_budget_options(cli_budget *budget, cli_option *list);

/* Says what does not go together, and returns false. */
bool cli_budget_check(const cli_budget *budget, bool steps_given);

/* Puts the phases into the plan, whose other options are set; `typed` stands above an effort. False,
 * with a line on the standard error, if they make no sense. */
bool cli_budget_plan(const cli_budget *budget, const cli_search_options *typed,
                     const aann_family_data *data, const aann_spec *spec, aann_family_plan *plan);

/* Whether the options that were typed leave it to a plan how the samples are used. */
bool cli_budget_is_open(const cli_search_options *typed);

#endif
