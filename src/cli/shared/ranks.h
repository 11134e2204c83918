/* The other processes that this one leads, under mpirun. */
#ifndef AANN_CLI_SHARED_RANKS_H
#define AANN_CLI_SHARED_RANKS_H

#include "aann/ranks.h"
#include "cli/shared/options.h"

/* Called by the program that has them, before the command; NULL: none any more. */
void cli_ranks_use(aann_ranks *ranks);

/* NULL: there are none. */
aann_ranks *cli_ranks(void);

/* --together: all of them search one member at a time. False, with a line on the standard error, if
 * there are no others. */
cli_option cli_together_option(bool *together);
bool cli_ranks_together(const char *command, bool together);

/* Tells them where the data are, as they were typed. */
aann_status cli_ranks_set_data(const char *train, const char *test, int64_t limit,
                               aann_error *error);

#endif
