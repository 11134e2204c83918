/* Time as it passes, whatever the wall clock is set to. */
#ifndef AANN_CORE_CLOCK_H
#define AANN_CORE_CLOCK_H

/* Seconds of a monotonic clock, since some moment before the program began. */
double aann_clock_seconds(void);

#endif
