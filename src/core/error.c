/* Error messages: one line, kept in the caller's aann_error. */
#include "core/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#undef aann_fail /* see the end of error.h */
#undef aann_fail_prefix

const char *aann_status_name(aann_status status)
{
    switch (status) {
    case AANN_OK: return "ok";
    case AANN_ERROR_ARGUMENT: return "argument";
    case AANN_ERROR_FORMAT: return "format";
    case AANN_ERROR_IO: return "io";
    case AANN_ERROR_MEMORY: return "memory";
    case AANN_ERROR_LOCKED: return "locked";
    case AANN_ERROR_VERSION: return "version";
    case AANN_ERROR_NOT_FOUND: return "not found";
    case AANN_INTERRUPTED: return "interrupted";
    }
    return "unknown";
}

aann_status aann_fail(aann_error *error, aann_status status, const char *format, ...)
{
    if (error == NULL) {
        return status;
    }
    error->status = status;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}

aann_status aann_fail_prefix(aann_error *error, aann_status status, const char *format, ...)
{
    if (error == NULL) {
        return status;
    }
    char prefix[AANN_MESSAGE_SIZE];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(prefix, sizeof prefix, format, arguments);
    va_end(arguments);
    char inner[AANN_MESSAGE_SIZE];
    memcpy(inner, error->message, sizeof inner);
    error->status = status;
    /* Cut the inner message, never the place where it happened. */
    const int room = (int)(sizeof error->message - strlen(prefix) - 3);
    snprintf(error->message, sizeof error->message, "%s: %.*s", prefix, room > 0 ? room : 0, inner);
    return status;
}
