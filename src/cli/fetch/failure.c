/* One line, cut to fit. */
#include "cli/fetch/failure.h"

#include <stdarg.h>
#include <stdio.h>

aann_status fetch_fail(aann_error *error, aann_status status, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    error->status = status;
    vsnprintf(error->message, sizeof error->message, format, arguments);
    va_end(arguments);
    return status;
}
