/* Options that several commands have. */
#include "cli/shared/common_options.h"

cli_option cli_threads_option(int32_t *threads)
{
    return (cli_option){
        "threads", CLI_INT, threads, 1, 1024, "N", "threads in all (one per processor)", NULL};
}

cli_option cli_parallel_option(int32_t *parallel)
{
    return (cli_option){
        "parallel", CLI_INT, parallel, 1, 1024, "N", "members at a time (as many as threads)",
        NULL};
}

cli_option cli_checkpoint_option(double *seconds)
{
    return (cli_option){"checkpoint-seconds",
                        CLI_SECONDS,
                        seconds,
                        0.01,
                        1e6,
                        "S",
                        "time between checkpoints (30)",
                        NULL};
}

cli_option cli_isa_option(const char **isa)
{
    return (cli_option){"isa",
                        CLI_TEXT,
                        isa,
                        0,
                        0,
                        "NAME",
                        "instruction set: baseline, avx2, avx512, neon (the best)",
                        NULL};
}

cli_option cli_quiet_option(bool *quiet)
{
    return (cli_option){"quiet", CLI_FLAG, quiet, 0, 0, NULL, "no progress lines", NULL};
}

cli_option cli_moved_data_option(const char **path)
{
    return (cli_option){"data", CLI_TEXT, path, 0, 0, "FILE", "where the training data are now",
                        NULL};
}

cli_option cli_moved_test_option(const char **path)
{
    return (cli_option){"test", CLI_TEXT, path, 0, 0, "FILE", "where the test data are now", NULL};
}

cli_option cli_data_limit_option(int64_t *limit)
{
    return (cli_option){"data-limit",
                        CLI_LONG,
                        limit,
                        1,
                        1e15,
                        "BYTES",
                        "refuse files that hold more than this (1 GiB)",
                        NULL};
}

cli_option cli_no_keep_option(bool *keep)
{
    return (cli_option){
        "no-keep", CLI_CLEAR, keep, 0, 0, NULL, "do not store predictions in the study", NULL};
}
