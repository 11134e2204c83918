/* strtod understands more than a table should hold, so the shape of the text is checked first. */
#include "data/csv_number.h"

#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/real_text.h"

static size_t count_digits(const char *text)
{
    size_t count = 0;
    while (text[count] >= '0' && text[count] <= '9') {
        count++;
    }
    return count;
}

static bool is_decimal(const char *text)
{
    text += *text == '+' || *text == '-' ? 1 : 0;
    const size_t whole = count_digits(text);
    text += whole;
    size_t fraction = 0;
    if (*text == '.') {
        fraction = count_digits(text + 1);
        text += 1 + fraction;
    }
    if (whole + fraction == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        text++;
        text += *text == '+' || *text == '-' ? 1 : 0;
        const size_t exponent = count_digits(text);
        if (exponent == 0) {
            return false;
        }
        text += exponent;
    }
    return *text == '\0';
}

bool aann_csv_number_is_long(const char *text, double value)
{
    const double exact = 9007199254740992.0; /* 2^53: smaller whole numbers are doubles */
    char digits[320];
    if (fabs(value) < exact) {
        return false;
    }
    const char *whole = text + (*text == '+' || *text == '-' ? 1 : 0);
    if (whole[count_digits(whole)] != '\0') {
        return false; /* a measure, such as 1e20 */
    }
    snprintf(digits, sizeof digits, "%.0f", fabs(value));
    return strcmp(digits, whole) != 0;
}

bool aann_csv_number(const char *text, double *value)
{
    enum { EXACT_DIGITS = 9 };
    /* Most cells of most tables are small whole numbers. */
    const size_t digits = count_digits(text);
    if (digits > 0 && digits <= EXACT_DIGITS && text[digits] == '\0') {
        long whole = 0;
        for (size_t i = 0; i < digits; i++) {
            whole = whole * 10 + (text[i] - '0');
        }
        *value = (double)whole;
        return true;
    }
    if (!is_decimal(text)) {
        return false;
    }
    char *end;
    *value = strtod(text, &end);
    /* Where the locale has another decimal mark, strtod stops at the point. */
    return *end == '\0' ? isfinite(*value) : aann_real_from_text(text, value);
}
