/* JSON text that grows as it is written.
 *
 * The data of a report stand inside a web page, or go to a terminal, and their texts may come from a
 * stranger's study. So all that is written is ASCII without control characters, and '<', '>' and '&'
 * are \u003c and so on: no text can end the element that it is in. What is not UTF-8 becomes U+FFFD.
 * Numbers that are not finite are null. */
#ifndef AANN_REPORT_JSON_H
#define AANN_REPORT_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Always start from {0}. Once memory runs out, `failed` is set and nothing more is added. */
typedef struct aann_json {
    char *text; /* ends in NUL; for free() */
    size_t size;
    size_t capacity;
    bool failed;
} aann_json;

/* As many significant digits as tell any two numbers apart; fewer if fewer give the same number. */
enum { AANN_JSON_EXACT = 17 };

/* In all functions `key` is NULL for an element of an array. */

/* Opens an object '{' or an array '[', and closes one. */
void aann_json_open(aann_json *json, const char *key, char bracket);
void aann_json_close(aann_json *json, char bracket);

void aann_json_null(aann_json *json, const char *key);
void aann_json_bool(aann_json *json, const char *key, bool value);
void aann_json_integer(aann_json *json, const char *key, int64_t value);
void aann_json_unsigned(aann_json *json, const char *key, uint64_t value);

/* With up to `digits` significant digits, 1 to AANN_JSON_EXACT. */
void aann_json_real(aann_json *json, const char *key, double value, int digits);
void aann_json_reals(aann_json *json, const char *key, const double *values, int64_t count,
                     int digits);
void aann_json_integers(aann_json *json, const char *key, const int64_t *values, int64_t count);

/* NULL: null. */
void aann_json_text(aann_json *json, const char *key, const char *text);
/* As printf. */
void aann_json_format(aann_json *json, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

void aann_json_base64(aann_json *json, const char *key, const uint8_t *bytes, size_t count);

/* A value that is JSON already; with _escaped, '<', '>' and '&' in its texts are escaped. */
void aann_json_raw(aann_json *json, const char *key, const char *value);
void aann_json_escaped(aann_json *json, const char *key, const char *value);

/* {"absent": "..."}: a figure that cannot be drawn, and why. */
void aann_json_absent(aann_json *json, const char *key, const char *why);

#endif
