/* Options of files, once for all commands. */
#include "cli/shared/load.h"

#include <string.h>

cli_load cli_load_default(void)
{
    return (cli_load){.options = aann_load_options_default()};
}

size_t cli_load_add_options(cli_load *load, cli_option *list)
{
    const cli_option known[] = {
        {"label-column", CLI_TEXT, &load->options.label_column, 0, 0, "NAME",
         "column of a table that holds the labels", NULL},
        {"data-limit", CLI_LONG, &load->options.data_limit, 1, 1e15, "BYTES",
         "refuse files that hold more than this (1 GiB)", NULL},
    };
    memcpy(list, known, sizeof known);
    return sizeof known / sizeof known[0];
}

bool cli_load_check(cli_load *load)
{
    return load->options.data_limit > 0;
}
