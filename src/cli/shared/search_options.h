/* The options of a search on a command line: the library's table (aann/options.h) says what there
 * is, what it may be, and what it does.
 *
 * What is typed is kept as a text and put over other options at the end, so that the user's word
 * stands above a task's and a start's. */
#ifndef AANN_CLI_SHARED_SEARCH_OPTIONS_H
#define AANN_CLI_SHARED_SEARCH_OPTIONS_H

#include "aann/options.h"
#include "cli/shared/options.h"

enum { CLI_SEARCH_OPTIONS = 40 };

/* What a command offers of the table. Begin with {0}. */
typedef struct cli_search_options {
    cli_named named[CLI_SEARCH_OPTIONS];
    size_t count;
} cli_search_options;

/* Whether commands offer this option. The others follow from the data, or are typed in another way:
 * --reward and --tracks, --threads and --isa for all members together. */
bool cli_search_offers(const aann_option *option);

/* "first-samples", or "no-adapt-layers" where the other value is the default. */
void cli_search_name(const aann_option *option, char name[CLI_NAME_SIZE]);

/* Writes one option, or all that are offered of a group, to `list`; returns how many. */
size_t cli_search_add(cli_search_options *offered, const char *name, cli_option *list);
size_t cli_search_add_group(cli_search_options *offered, aann_option_group group, cli_option *list);

/* What was typed for this option; NULL if nothing was. */
const char *cli_search_text(const cli_search_options *offered, const char *name);

/* Puts everything that was typed over `options`. */
void cli_search_apply(const cli_search_options *offered, aann_search_options *options);

/* False, with a line on the standard error, if a list that was typed has not `count` numbers, one
 * for each of "layers" (`what`). */
bool cli_search_check_list(const cli_search_options *offered, const char *name, int32_t count,
                           const char *what);

#endif
