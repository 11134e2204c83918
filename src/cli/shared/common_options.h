/* Options that several commands have: one name, one range and one line of help for each. */
#ifndef AANN_CLI_SHARED_COMMON_OPTIONS_H
#define AANN_CLI_SHARED_COMMON_OPTIONS_H

#include "cli/shared/options.h"

/* --threads N: as many as the machine has processors, unless it is given. */
cli_option cli_threads_option(int32_t *threads);
/* --parallel N: members at the same time. */
cli_option cli_parallel_option(int32_t *parallel);
/* --checkpoint-seconds S */
cli_option cli_checkpoint_option(double *seconds);
/* --isa NAME */
cli_option cli_isa_option(const char **isa);
/* --quiet */
cli_option cli_quiet_option(bool *quiet);
/* --data FILE and --test FILE of commands that need the data of a stored family: where they are now */
cli_option cli_moved_data_option(const char **path);
cli_option cli_moved_test_option(const char **path);
/* --data-limit BYTES */
cli_option cli_data_limit_option(int64_t *limit);
/* --no-keep, which clears `keep`. */
cli_option cli_no_keep_option(bool *keep);

#endif
