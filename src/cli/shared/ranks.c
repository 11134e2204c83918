/* The program is one command, so one variable will do. */
#include "cli/shared/ranks.h"

#include <stddef.h>

static aann_ranks *used;

void cli_ranks_use(aann_ranks *ranks)
{
    used = ranks;
}

aann_ranks *cli_ranks(void)
{
    return used;
}

aann_status cli_ranks_set_data(const char *train, const char *test, int64_t limit,
                               aann_error *error)
{
    return used != NULL ? aann_ranks_set_data(used, train, test, limit, error) : AANN_OK;
}
