/* JSON text that grows as it is written. */
#include "report/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/real_text.h"
#include "core/utf8.h"

/* ---- characters ------------------------------------------------------------------------------ */

/* Makes room for `more` characters and a NUL. */
static bool reserve(aann_json *json, size_t more)
{
    size_t room = 0;
    char *grown = NULL;
    if (!json->failed && aann_add_sizes(more, 1, &room)) {
        grown = aann_grow(json->text, &json->capacity, json->size, room);
    }
    if (grown == NULL) {
        json->failed = true;
        return false;
    }
    json->text = grown;
    return true;
}

static void put(aann_json *json, const char *characters, size_t count)
{
    if (reserve(json, count)) {
        memcpy(json->text + json->size, characters, count);
        json->size += count;
        json->text[json->size] = '\0';
    }
}

/* The bytes of the character that `text` begins with; 0 if it is none. */
static size_t character_length(const char *text, size_t left)
{
    for (size_t size = 1; size <= AANN_UTF8_SIZE && size <= left; size++) {
        if (aann_utf8_is_valid(text, size)) {
            return size;
        }
    }
    return 0;
}

/* The number of a character of `length` bytes. */
static uint32_t character_number(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t number = length == 1 ? bytes[0] : bytes[0] & (0xffU >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        number = number << 6 | (bytes[i] & 0x3fU);
    }
    return number;
}

static void put_unit(aann_json *json, uint32_t unit)
{
    char escape[8];
    snprintf(escape, sizeof escape, "\\u%04x", (unsigned)(unit & 0xffffU));
    put(json, escape, 6);
}

/* As JSON has it: beyond 16 bits as two halves. */
static void put_escaped(aann_json *json, uint32_t number)
{
    if (number >= 0x10000U) {
        put_unit(json, 0xd800U + ((number - 0x10000U) >> 10));
        put_unit(json, 0xdc00U + ((number - 0x10000U) & 0x3ffU));
    } else {
        put_unit(json, number);
    }
}

static void put_string(aann_json *json, const char *text)
{
    enum { REPLACEMENT = 0xfffd };
    size_t left = strlen(text);
    put(json, "\"", 1);
    while (left > 0 && !json->failed) {
        const size_t length = character_length(text, left);
        const uint32_t number = length > 0 ? character_number(text, length) : REPLACEMENT;
        if (number >= 0x20 && number < 0x7f && strchr("\"\\<>&", (int)number) == NULL) {
            put(json, text, 1);
        } else {
            put_escaped(json, number);
        }
        text += length > 0 ? length : 1;
        left -= length > 0 ? length : 1;
    }
    put(json, "\"", 1);
}

/* What stands before a value: a comma unless it is the first, and its key. */
static void begin(aann_json *json, const char *key)
{
    const char last = json->size > 0 ? json->text[json->size - 1] : '[';
    if (last != '{' && last != '[') {
        put(json, ",", 1);
    }
    if (key != NULL) {
        put_string(json, key);
        put(json, ":", 1);
    }
}

/* ---- values ---------------------------------------------------------------------------------- */

void aann_json_open(aann_json *json, const char *key, char bracket)
{
    begin(json, key);
    put(json, &bracket, 1);
}

void aann_json_close(aann_json *json, char bracket)
{
    put(json, &bracket, 1);
}

void aann_json_raw(aann_json *json, const char *key, const char *value)
{
    begin(json, key);
    put(json, value, strlen(value));
}

/* These characters occur in the texts of JSON alone. */
void aann_json_escaped(aann_json *json, const char *key, const char *value)
{
    begin(json, key);
    for (; *value != '\0' && !json->failed; value++) {
        if (strchr("<>&", *value) != NULL) {
            char escape[8];
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)*value);
            put(json, escape, 6);
        } else {
            put(json, value, 1);
        }
    }
}

void aann_json_null(aann_json *json, const char *key)
{
    aann_json_raw(json, key, "null");
}

void aann_json_bool(aann_json *json, const char *key, bool value)
{
    aann_json_raw(json, key, value ? "true" : "false");
}

void aann_json_integer(aann_json *json, const char *key, int64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, value);
    aann_json_raw(json, key, text);
}

void aann_json_unsigned(aann_json *json, const char *key, uint64_t value)
{
    char text[24];
    snprintf(text, sizeof text, "%" PRIu64, value);
    aann_json_raw(json, key, text);
}

void aann_json_real(aann_json *json, const char *key, double value, int digits)
{
    char text[AANN_REAL_TEXT_SIZE] = "null";
    if (isfinite(value) && digits < AANN_JSON_EXACT) {
        aann_real_to_text(value, digits, text);
    } else if (isfinite(value)) {
        double read = 0.0;
        for (int enough = 15; enough <= AANN_JSON_EXACT; enough++) {
            aann_real_to_text(value, enough, text);
            if (aann_real_from_text(text, &read) && !(read < value) && !(read > value)) {
                break;
            }
        }
    }
    aann_json_raw(json, key, text);
}

void aann_json_reals(aann_json *json, const char *key, const double *values, int64_t count,
                     int digits)
{
    aann_json_open(json, key, '[');
    for (int64_t i = 0; i < count; i++) {
        aann_json_real(json, NULL, values[i], digits);
    }
    aann_json_close(json, ']');
}

void aann_json_integers(aann_json *json, const char *key, const int64_t *values, int64_t count)
{
    aann_json_open(json, key, '[');
    for (int64_t i = 0; i < count; i++) {
        aann_json_integer(json, NULL, values[i]);
    }
    aann_json_close(json, ']');
}

void aann_json_text(aann_json *json, const char *key, const char *text)
{
    if (text == NULL) {
        aann_json_null(json, key);
        return;
    }
    begin(json, key);
    put_string(json, text);
}

void aann_json_format(aann_json *json, const char *key, const char *format, ...)
{
    char text[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    aann_json_text(json, key, text);
}

void aann_json_base64(aann_json *json, const char *key, const uint8_t *bytes, size_t count)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    begin(json, key);
    put(json, "\"", 1);
    for (size_t i = 0; i < count && !json->failed; i += 3) {
        const size_t left = count - i;
        const uint32_t group = (uint32_t)bytes[i] << 16 |
                               (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) |
                               (left > 2 ? (uint32_t)bytes[i + 2] : 0);
        const char four[4] = {digits[group >> 18], digits[group >> 12 & 63],
                              left > 1 ? digits[group >> 6 & 63] : '=',
                              left > 2 ? digits[group & 63] : '='};
        put(json, four, sizeof four);
    }
    put(json, "\"", 1);
}

void aann_json_absent(aann_json *json, const char *key, const char *why)
{
    aann_json_open(json, key, '{');
    aann_json_text(json, "absent", why);
    aann_json_close(json, '}');
}
