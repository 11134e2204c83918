/* How a data file is to be read, as options that many commands share. */
#ifndef AANN_CLI_SHARED_LOAD_H
#define AANN_CLI_SHARED_LOAD_H

#include <stdbool.h>
#include <stddef.h>

#include "aann/data.h"
#include "cli/shared/options.h"

enum { CLI_LOAD_OPTIONS = 15, CLI_LOAD_OTHERS = 32 };

/* What was typed. Always start from cli_load_default(). */
typedef struct cli_load {
    aann_load_options options; /* complete after cli_load_check */
    const char *delimiter, *decimal, *header, *layout, *input;
} cli_load;

cli_load cli_load_default(void);

/* Writes the options to list[CLI_LOAD_OPTIONS]; returns how many. */
size_t cli_load_add_options(cli_load *load, cli_option *list);

/* Translates what was typed; false, with a line on the standard error, if it makes no sense. */
bool cli_load_check(cli_load *load);

/* cli_parse with these options behind those of `syntax`, at most CLI_LOAD_OTHERS, and
 * cli_load_check. */
bool cli_load_parse(const cli_syntax *syntax, cli_load *load, int count, char **texts, int *status);

/* "1x28x28" as a shape; false, with a line on the standard error, if it is none. */
bool cli_parse_shape(const char *text, aann_shape *shape);

#endif
