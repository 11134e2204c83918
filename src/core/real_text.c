/* The C library reads and writes; here its decimal mark is exchanged with a point. The mark is taken
 * from a number that it writes: that follows the locale of the thread, as strtod does, and needs no
 * localeconv, which is not safe among threads. */
#include "core/real_text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MARK_SIZE = 16 }; /* several bytes in some locales */

/* What stands between "0" and "5". */
static void find_mark(char mark[MARK_SIZE])
{
    char half[MARK_SIZE + 2] = "";
    const int written = snprintf(half, sizeof half, "%.1f", 0.5);
    const bool found = written >= 3 && (size_t)written < sizeof half && half[0] == '0';
    const size_t length = found ? (size_t)written - 2 : 1;
    memcpy(mark, found ? half + 1 : ".", length);
    mark[length] = '\0';
}

bool aann_real_from_text(const char *text, double *value)
{
    const size_t length = strlen(text);
    /* No spaces, hexadecimal numbers, infinities and NAN, all of which strtod knows. */
    if (length == 0 || length > AANN_REAL_TEXT_LIMIT || strspn(text, "+-.0123456789eE") != length) {
        return false;
    }
    char local[AANN_REAL_TEXT_LIMIT + MARK_SIZE + 1];
    char mark[MARK_SIZE];
    find_mark(mark);
    const char *point = strchr(text, '.');
    const int before = point != NULL ? (int)(point - text) : (int)length;
    snprintf(local, sizeof local, "%.*s%s%s", before, text, point != NULL ? mark : "",
             point != NULL ? point + 1 : "");
    char *end;
    const double found = strtod(local, &end);
    if (*end != '\0' || !isfinite(found)) {
        return false;
    }
    *value = found;
    return true;
}

static void mark_to_point(char *text)
{
    char mark[MARK_SIZE];
    find_mark(mark);
    char *place = strstr(text, mark);
    if (place != NULL) {
        const size_t length = strlen(mark);
        *place = '.';
        memmove(place + 1, place + length, strlen(place + length) + 1);
    }
}

void aann_real_to_text(double value, int digits, char text[AANN_REAL_TEXT_SIZE])
{
    snprintf(text, AANN_REAL_TEXT_SIZE, "%.*g", digits, value);
    mark_to_point(text);
}

void aann_real_to_fixed(double value, int decimals, char text[AANN_REAL_TEXT_SIZE])
{
    if (fabs(value) < 1e15) {
        const int shown = decimals < AANN_REAL_DECIMALS_LIMIT ? decimals : AANN_REAL_DECIMALS_LIMIT;
        snprintf(text, AANN_REAL_TEXT_SIZE, "%.*f", shown > 0 ? shown : 0, value);
    } else {
        snprintf(text, AANN_REAL_TEXT_SIZE, "%.6g", value);
    }
    mark_to_point(text);
}
