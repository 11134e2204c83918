/* The other processes that this one leads, under mpirun. */
#ifndef AANN_CLI_SHARED_RANKS_H
#define AANN_CLI_SHARED_RANKS_H

#include "aann/ranks.h"

/* Called by the program that has them, before the command; NULL: none any more. */
void cli_ranks_use(aann_ranks *ranks);

/* NULL: there are none. */
aann_ranks *cli_ranks(void);

/* Tells them where the data are, as they were typed. */
aann_status cli_ranks_set_data(const char *train, const char *test, int64_t limit,
                               aann_error *error);

#endif
