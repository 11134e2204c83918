/* JSON values, and printing them. */
#include "cli/shared/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "cli/shared/message.h"
#include "cli/shared/text.h"

json_t *cli_json_real(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

json_t *cli_json_reals(const double *values, int64_t count)
{
    json_t *array = json_array();
    for (int64_t i = 0; i < count; i++) {
        json_array_append_new(array, cli_json_real(values[i]));
    }
    return array;
}

json_t *cli_json_hash(uint64_t hash)
{
    char text[17];
    snprintf(text, sizeof text, "%016" PRIx64, hash);
    return json_string(text);
}

json_t *cli_json_text(const char *text)
{
    char safe[4096];
    json_t *string = json_string(text);
    if (string != NULL) {
        return string;
    }
    cli_escape(text, safe, sizeof safe);
    return json_string(safe);
}

json_t *cli_json_document(const char *text)
{
    json_t *document = json_loads(text, 0, NULL);
    return document != NULL ? document : json_null();
}

void cli_print_json(json_t *object)
{
    cli_print_json_digits(object, 17);
}

void cli_print_json_digits(json_t *object, int digits)
{
    /* ASCII, as some terminals obey control characters beyond it, too. */
    const size_t flags = JSON_COMPACT | JSON_ENSURE_ASCII | JSON_REAL_PRECISION((size_t)digits);
    if (object == NULL || json_dumpf(object, stdout, flags) != 0) {
        cli_failed("the result could not be written as JSON");
    }
    putchar('\n');
    json_decref(object);
}
