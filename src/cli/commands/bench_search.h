/* aann bench search: where the samples of a search go. */
#ifndef AANN_CLI_COMMANDS_BENCH_SEARCH_H
#define AANN_CLI_COMMANDS_BENCH_SEARCH_H

/* arguments[count] are those after "bench", "search" among them. Returns the exit status. */
int cli_bench_search(int count, char **arguments);

#endif
