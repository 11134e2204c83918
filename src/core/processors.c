/* How many processors this process may use: the one place that asks the operating system. */
#if defined(__linux__)
#define _GNU_SOURCE /* sched_getaffinity, CPU_COUNT */
#elif defined(__APPLE__)
#define _DARWIN_C_SOURCE /* _SC_NPROCESSORS_ONLN */
#endif
#include "aann/status.h"

#if defined(_WIN32)
#define WIN32_LEAN_AND_MEAN
#include <windows.h>
#else
#include <sched.h>
#include <unistd.h>
#endif

#if defined(_WIN32)
static long count_allowed(void)
{
    DWORD_PTR process, machine;
    long count = 0;
    if (GetProcessAffinityMask(GetCurrentProcess(), &process, &machine) != 0) {
        for (; process != 0; process &= process - 1) {
            count++;
        }
    }
    /* The mask is 0 for a process in several groups of processors. */
    return count > 0 ? count : (long)GetActiveProcessorCount(ALL_PROCESSOR_GROUPS);
}
#else
static long count_allowed(void)
{
#if defined(__linux__)
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0 && CPU_COUNT(&set) > 0) {
        return CPU_COUNT(&set);
    }
#endif
    return sysconf(_SC_NPROCESSORS_ONLN);
}
#endif

int32_t aann_processor_count(void)
{
    const long count = count_allowed();
    return count < 1 ? 1 : (int32_t)count;
}
