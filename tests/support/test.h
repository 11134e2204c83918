/* What every C test needs: cmocka with the headers it asks for, and calls that must succeed. */
#ifndef AANN_TESTS_SUPPORT_TEST_H
#define AANN_TESTS_SUPPORT_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "aann/status.h"

/* Fails the test with the library's own message, at the caller's line, unless the call succeeded. */
static inline void check_status(aann_status status, const aann_error *error, const char *file,
                                int line)
{
    if (status != AANN_OK) {
        print_error("%s: %s\n", aann_status_name(status), error->message);
        _fail(file, line);
    }
}

/* Macros, because a failure has to name the line that it is about. `error` is a local aann_error. */
#define assert_ok(call) check_status((call), &error, __FILE__, __LINE__)

/* The thread sanitizer takes ten to thirty times as long, and sees only what several threads do at
 * once: a test, or a part of one, in which one thread works runs in the other builds. */
#ifdef __SANITIZE_THREAD__
static const bool under_thread_sanitizer = true;
#else
static const bool under_thread_sanitizer = false;
#endif

static inline void skip_one_thread_under_tsan(void)
{
    if (under_thread_sanitizer) {
        skip();
    }
}

/* Interrupts a run when it has asked so often. */
static inline bool countdown(void *context)
{
    int32_t *left = context;
    return (*left)-- <= 0;
}

/* The instruction set that every machine of this kind has. */
static inline const char *plainest_instruction_set(void)
{
#ifdef __aarch64__
    return "neon";
#else
    return "baseline";
#endif
}

#endif
