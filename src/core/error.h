/* How library code fills in an aann_error. */
#ifndef AANN_CORE_ERROR_H
#define AANN_CORE_ERROR_H

#include "aann/status.h"

#if defined(__GNUC__)
#define AANN_PRINTF_LIKE(format_index, first_argument)                                             \
    __attribute__((format(printf, format_index, first_argument)))
#else
#define AANN_PRINTF_LIKE(format_index, first_argument)
#endif

/* Stores the status and the formatted one-line message in `error` (if it is not NULL) and returns
 * the status, so that a failure reads `return aann_fail(error, AANN_ERROR_FORMAT, "...", ...);`. */
aann_status aann_fail(aann_error *error, aann_status status, const char *format, ...)
    AANN_PRINTF_LIKE(3, 4);

/* Puts "prefix: " in front of the message already in `error`; returns its status. */
aann_status aann_fail_prefix(aann_error *error, aann_status status, const char *format, ...)
    AANN_PRINTF_LIKE(3, 4);

/* The static analyser reads neither error.c nor functions with "...". This tells it that a failure
 * never returns AANN_OK, so it does not report what would follow if one did. */
#ifdef __clang_analyzer__
static inline aann_status aann_fail_analysed(const aann_error *error, aann_status status)
{
    (void)error;
    return status;
}
void aann_fail_reads(const char *format, ...); /* declared only: the message's arguments are used */
#define aann_fail(error, status, ...)                                                              \
    (aann_fail_reads(__VA_ARGS__), aann_fail_analysed((error), (status)))
#define aann_fail_prefix aann_fail
#endif

#endif
