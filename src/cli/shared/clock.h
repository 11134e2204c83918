/* Time as it passes, whatever the wall clock is set to. */
#ifndef AANN_CLI_SHARED_CLOCK_H
#define AANN_CLI_SHARED_CLOCK_H

#include <time.h>

/* Seconds since some moment before the program began. */
double cli_now(void);

/* Moves the moment (of CLOCK_MONOTONIC) on by less than a second, and waits for it. */
void cli_wait(struct timespec *moment, long nanoseconds);

#endif
