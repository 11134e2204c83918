/* Options as texts: setting, formatting, ranges. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/error.h"
#include "core/real_text.h"
#include "search/option_value.h"

/* ---- numbers --------------------------------------------------------------------------------- */

/* A decimal number that is being read: digits without a point, times 10^power. */
typedef struct decimal {
    const char *digits; /* where they begin; a point may lie between them */
    int32_t count;
    int32_t power;
} decimal;

/* Reads "12", "1.5", "1e5", "2.5E+3"; false for any other text. */
static bool read_decimal(const char *text, decimal *number)
{
    enum { LARGEST_POWER = 100000, MOST_DIGITS = 1000 };
    bool point = false;
    *number = (decimal){.digits = text};
    for (; (*text >= '0' && *text <= '9') || (*text == '.' && !point); text++) {
        if (*text == '.') {
            point = true;
        } else {
            number->count++;
            number->power -= point;
        }
        if (number->count > MOST_DIGITS) {
            return false;
        }
    }
    if (number->count == 0) {
        return false;
    }
    if (*text == 'e' || *text == 'E') {
        char *end;
        const char *sign = text + 1;
        const char *first = sign + (*sign == '+' || *sign == '-');
        if (*first < '0' || *first > '9') {
            return false;
        }
        const long power = strtol(sign, &end, 10);
        if (power < -LARGEST_POWER || power > LARGEST_POWER) {
            return false;
        }
        number->power += (int32_t)power;
        text = end;
    }
    return *text == '\0';
}

bool aann_uint64_parse(const char *text, uint64_t *value)
{
    decimal number;
    if (!read_decimal(text, &number)) {
        return false;
    }
    /* Digits after the point of the whole number must be zeros. */
    const int32_t whole = number.power < 0 ? number.count + number.power : number.count;
    uint64_t found = 0;
    const char *at = number.digits;
    for (int32_t i = 0; i < number.count; at++) {
        if (*at == '.') {
            continue;
        }
        const uint64_t digit = (uint64_t)(*at - '0');
        if (i++ >= whole) {
            if (digit != 0) {
                return false;
            }
        } else if (found > (UINT64_MAX - digit) / 10) {
            return false;
        } else {
            found = 10 * found + digit;
        }
    }
    for (int32_t i = 0; i < number.power && found != 0; i++) {
        if (found > UINT64_MAX / 10) {
            return false;
        }
        found *= 10;
    }
    *value = found;
    return true;
}

bool aann_int64_parse(const char *text, int64_t *value)
{
    const bool negative = *text == '-';
    uint64_t magnitude;
    if (!aann_uint64_parse(text + (negative || *text == '+'), &magnitude) ||
        magnitude > (uint64_t)INT64_MAX) {
        return false;
    }
    *value = negative ? -(int64_t)magnitude : (int64_t)magnitude;
    return true;
}

bool aann_real_parse(const char *text, double *value)
{
    return aann_real_from_text(text, value);
}

/* ---- ranges ---------------------------------------------------------------------------------- */

/* "1", "0.001", "1e15". */
static void print_limit(double value, char text[AANN_REAL_TEXT_SIZE])
{
    if (value >= AANN_LARGEST_UNSIGNED) {
        snprintf(text, AANN_REAL_TEXT_SIZE, "%" PRIu64, UINT64_MAX);
        return;
    }
    aann_real_to_text(value, 10, text);
    char *plus = strchr(text, '+');
    if (plus != NULL) {
        memmove(plus, plus + 1, strlen(plus));
    }
}

static void print_choices(const char *const *choices, char *text, size_t size)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t i = 0; choices[i] != NULL && used < size; i++) {
        const char *between = i == 0 ? "" : choices[i + 1] == NULL ? " or " : ", ";
        const int written = snprintf(text + used, size - used, "%s%s", between, choices[i]);
        used += written > 0 ? (size_t)written : 0;
    }
}

void aann_option_range(const aann_option *option, char *text, size_t size)
{
    if (option->type == AANN_OPTION_BOOL) {
        snprintf(text, size, "true or false");
    } else if (option->choices != NULL) {
        print_choices(option->choices, text, size);
    } else {
        char low[AANN_REAL_TEXT_SIZE];
        char high[AANN_REAL_TEXT_SIZE];
        print_limit(option->minimum, low);
        print_limit(option->maximum, high);
        snprintf(text, size, "%s to %s", low, high);
    }
}

/* ---- setting --------------------------------------------------------------------------------- */

static bool in_range(const aann_option *option, double value)
{
    return value >= option->minimum && value <= option->maximum;
}

static bool set_whole(const aann_option *option, const char *text, aann_search_options *options)
{
    uint64_t natural;
    int64_t whole;
    if (option->type == AANN_OPTION_UNSIGNED) {
        const bool good = aann_uint64_parse(text, &natural) && in_range(option, (double)natural);
        if (good) {
            aann_option_store(option, options, &natural);
        }
        return good;
    }
    if (!aann_int64_parse(text, &whole) || !in_range(option, (double)whole)) {
        return false;
    }
    if (option->type == AANN_OPTION_INT64) {
        aann_option_store(option, options, &whole);
        return true;
    }
    const int32_t narrow = (int32_t)whole; /* no INT32 option has a range beyond int32 */
    aann_option_store(option, options, &narrow);
    return true;
}

/* "1,2,3": the rest of the list is 0. */
static bool set_reals(const aann_option *option, const char *text, aann_search_options *options)
{
    double values[AANN_OPTION_CAPACITY] = {0};
    char part[64];
    for (size_t count = 0; count < option->capacity; count++) {
        const size_t length = strcspn(text, ",");
        if (length >= sizeof part) {
            return false;
        }
        memcpy(part, text, length);
        part[length] = '\0';
        if (!aann_real_parse(part, &values[count]) || !in_range(option, values[count])) {
            return false;
        }
        if (text[length] == '\0') {
            aann_option_store(option, options, values);
            return true;
        }
        text += length + 1;
    }
    return false;
}

static bool set_choice(const aann_option *option, const char *text, aann_search_options *options)
{
    for (int32_t i = 0; option->choices[i] != NULL; i++) {
        if (strcmp(text, option->choices[i]) == 0) {
            if (option->type == AANN_OPTION_METHOD) {
                options->method = (aann_search_method)i;
            } else {
                options->isa = i == 0 ? NULL : option->choices[i];
            }
            return true;
        }
    }
    return false;
}

static bool set_value(const aann_option *option, const char *text, aann_search_options *options)
{
    double real;
    switch (option->type) {
    case AANN_OPTION_UNSIGNED:
    case AANN_OPTION_INT64:
    case AANN_OPTION_INT32: return set_whole(option, text, options);
    case AANN_OPTION_REAL:
        if (!aann_real_parse(text, &real) || !in_range(option, real)) {
            return false;
        }
        aann_option_store(option, options, &real);
        return true;
    case AANN_OPTION_BOOL: {
        const bool truth = strcmp(text, "true") == 0;
        if (truth || strcmp(text, "false") == 0) {
            aann_option_store(option, options, &truth);
            return true;
        }
        return false;
    }
    case AANN_OPTION_REALS: return set_reals(option, text, options);
    case AANN_OPTION_METHOD:
    case AANN_OPTION_ISA: return set_choice(option, text, options);
    }
    return false;
}

aann_status aann_search_options_set(aann_search_options *options, const char *name,
                                    const char *text, aann_error *error)
{
    const aann_option *option = aann_option_find(name);
    if (option == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "there is no option '%s'", name);
    }
    if (set_value(option, text, options)) {
        return AANN_OK;
    }
    char range[AANN_OPTION_RANGE_SIZE];
    aann_option_range(option, range, sizeof range);
    if (option->type == AANN_OPTION_REALS) {
        return aann_fail(error, AANN_ERROR_ARGUMENT,
                         "%s: '%s' is not a list of numbers in range; expected at most %zu of %s",
                         name, text, option->capacity, range);
    }
    const char *what = option->type == AANN_OPTION_REAL ? "a number in range"
                       : aann_option_is_whole(option)   ? "a whole number in range"
                                                        : "a value of this option";
    return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: '%s' is not %s; expected %s", name, text,
                     what, range);
}

/* ---- formatting ------------------------------------------------------------------------------ */

/* The shortest text that reads back to the same bits. */
static void print_real(double value, char text[AANN_REAL_TEXT_SIZE])
{
    double again;
    for (int digits = 15; digits <= AANN_REAL_DIGITS_LIMIT; digits++) {
        aann_real_to_text(value, digits, text);
        if (aann_real_from_text(text, &again) && again == value) {
            return;
        }
    }
}

static void print_reals(const aann_option *option, const aann_search_options *options,
                        char text[AANN_OPTION_TEXT_SIZE])
{
    size_t count = option->capacity;
    while (count > 1 && aann_option_number(option, options, count - 1) == 0.0) {
        count--;
    }
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        char number[AANN_REAL_TEXT_SIZE];
        print_real(aann_option_number(option, options, i), number);
        used += (size_t)snprintf(text + used, AANN_OPTION_TEXT_SIZE - used, "%s%s",
                                 i == 0 ? "" : ",", number);
    }
}

aann_status aann_search_options_format(const aann_search_options *options, const char *name,
                                       char *text, size_t size, aann_error *error)
{
    const aann_option *option = aann_option_find(name);
    if (option == NULL) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "there is no option '%s'", name);
    }
    char whole[AANN_OPTION_TEXT_SIZE];
    switch (option->type) {
    case AANN_OPTION_UNSIGNED: {
        uint64_t value;
        aann_option_load(option, options, &value);
        snprintf(whole, sizeof whole, "%" PRIu64, value);
        break;
    }
    case AANN_OPTION_INT64:
    case AANN_OPTION_INT32: {
        int64_t value = (int64_t)aann_option_number(option, options, 0);
        if (option->type == AANN_OPTION_INT64) {
            aann_option_load(option, options, &value);
        }
        snprintf(whole, sizeof whole, "%" PRId64, value);
        break;
    }
    case AANN_OPTION_REAL: print_real(aann_option_number(option, options, 0), whole); break;
    case AANN_OPTION_BOOL:
        snprintf(whole, sizeof whole, "%s",
                 aann_option_number(option, options, 0) != 0.0 ? "true" : "false");
        break;
    case AANN_OPTION_REALS: print_reals(option, options, whole); break;
    case AANN_OPTION_METHOD:
        snprintf(whole, sizeof whole, "%s", aann_search_method_name(options->method));
        break;
    case AANN_OPTION_ISA:
        snprintf(whole, sizeof whole, "%s", options->isa != NULL ? options->isa : "auto");
        break;
    }
    if (strlen(whole) >= size) {
        return aann_fail(error, AANN_ERROR_ARGUMENT, "%s: %zu bytes are too few for its value",
                         name, size);
    }
    memcpy(text, whole, strlen(whole) + 1);
    return AANN_OK;
}
