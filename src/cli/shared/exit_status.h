/* Exit statuses of the program. */
#ifndef AANN_CLI_SHARED_EXIT_STATUS_H
#define AANN_CLI_SHARED_EXIT_STATUS_H

/* Good; something failed; the arguments make no sense; everything worked, but a member missed the
 * threshold that was asked for. */
enum { CLI_GOOD = 0, CLI_FAILED = 1, CLI_USAGE = 2, CLI_MISSED = 3 };

#endif
