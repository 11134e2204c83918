/* Exit statuses of the program. */
#ifndef AANN_CLI_SHARED_EXIT_STATUS_H
#define AANN_CLI_SHARED_EXIT_STATUS_H

/* Good; something failed; the arguments make no sense. */
enum { CLI_GOOD = 0, CLI_FAILED = 1, CLI_USAGE = 2 };

#endif
