/* The program is one command, so one variable will do. */
#include "cli/shared/ranks.h"

#include <stddef.h>

#include "cli/shared/message.h"

static aann_ranks *used;

void cli_ranks_use(aann_ranks *ranks)
{
    used = ranks;
}

aann_ranks *cli_ranks(void)
{
    return used;
}

cli_option cli_together_option(bool *together)
{
    return (cli_option){"together",
                        CLI_FLAG,
                        together,
                        0,
                        0,
                        NULL,
                        "with mpirun: all ranks search one member at a time, each with a part of "
                        "the samples",
                        NULL};
}

bool cli_ranks_together(const char *command, bool together)
{
    if (together && used == NULL) {
        cli_usage_error("%s: --together is for several processes: mpirun -n 2 aann-mpi %s ...",
                        command, command);
        return false;
    }
    if (used != NULL) {
        aann_ranks_search_together(used, together);
    }
    return true;
}

aann_status cli_ranks_set_data(const char *train, const char *test, int64_t limit,
                               aann_error *error)
{
    return used != NULL ? aann_ranks_set_data(used, train, test, limit, error) : AANN_OK;
}
