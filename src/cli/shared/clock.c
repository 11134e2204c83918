/* The monotonic clock. */
#include "cli/shared/clock.h"

enum { SECOND = 1000000000 };

double cli_now(void)
{
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

void cli_wait(struct timespec *moment, long nanoseconds)
{
    moment->tv_nsec += nanoseconds;
    if (moment->tv_nsec >= SECOND) {
        moment->tv_nsec -= SECOND;
        moment->tv_sec++;
    }
    clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, moment, NULL);
}
