/* Units behind numbers. */
#include "cli/shared/quantity.h"

#include <stdio.h>
#include <string.h>

#include "aann/options.h"
#include "cli/shared/message.h"

enum { ROUND_TRIP_DIGITS = 17 };

static void copy(const char *text, char plain[CLI_QUANTITY_SIZE])
{
    snprintf(plain, CLI_QUANTITY_SIZE, "%s", text);
}

/* Whether the text is digits, perhaps with a point, and then this one letter; `number` is what
 * stands before it. */
static bool split_unit(const char *text, const char *units, char number[CLI_QUANTITY_SIZE],
                       char *unit)
{
    const size_t digits = strspn(text, "0123456789.");
    if (digits == 0 || digits >= CLI_QUANTITY_SIZE - 4 || text[digits] == '\0' ||
        strchr(units, text[digits]) == NULL || text[digits + 1] != '\0') {
        return false;
    }
    snprintf(number, CLI_QUANTITY_SIZE, "%.*s", (int)digits, text);
    *unit = text[digits];
    return true;
}

void cli_quantity_count(const char *text, char plain[CLI_QUANTITY_SIZE])
{
    char number[CLI_QUANTITY_SIZE];
    char unit;
    copy(text, plain);
    if (split_unit(text, "kMG", number, &unit)) {
        const int power = unit == 'k' ? 3 : unit == 'M' ? 6 : 9;
        snprintf(plain, CLI_QUANTITY_SIZE, "%.64se%d", number, power);
    }
}

void cli_quantity_seconds(const char *text, char plain[CLI_QUANTITY_SIZE])
{
    char number[CLI_QUANTITY_SIZE];
    char unit;
    double value;
    copy(text, plain);
    if (split_unit(text, "smhd", number, &unit) && aann_real_parse(number, &value)) {
        const double seconds = unit == 's' ? 1 : unit == 'm' ? 60 : unit == 'h' ? 3600 : 86400;
        snprintf(plain, CLI_QUANTITY_SIZE, "%.*g", ROUND_TRIP_DIGITS, value * seconds);
    }
}

bool cli_quantity_percent(const char *name, const char *text, char plain[CLI_QUANTITY_SIZE])
{
    double value;
    char unit;
    copy(text, plain);
    if (split_unit(text, "%", plain, &unit)) {
        return true;
    }
    if (aann_real_parse(text, &value) && value > 0.0 && value < 1.0) {
        cli_usage_error("%s: %s is less than one percent; write %g for %g percent, or %s%% if that "
                        "is what you mean",
                        name, text, 100.0 * value, 100.0 * value, text);
        return false;
    }
    copy(text, plain);
    return true;
}
