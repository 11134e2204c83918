/* Source text that grows as it is written. */
#include "export/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"

enum { FIRST_CAPACITY = 4096, LINE_LIMIT = 96, INDENT = 4 };

/* Makes room for `more` characters and a NUL. */
static bool reserve(aann_text *text, size_t more)
{
    size_t needed;
    if (text->failed || !aann_add_sizes(text->size, more, &needed) ||
        !aann_add_sizes(needed, 1, &needed)) {
        text->failed = true;
        return false;
    }
    if (needed <= text->capacity) {
        return true;
    }
    size_t capacity = text->capacity > FIRST_CAPACITY ? text->capacity : FIRST_CAPACITY;
    while (capacity < needed) {
        if (!aann_multiply_sizes(capacity, 2, &capacity)) {
            text->failed = true;
            return false;
        }
    }
    char *grown = aann_reallocate(text->characters, capacity, 1);
    if (grown == NULL) {
        text->failed = true;
        return false;
    }
    text->characters = grown;
    text->capacity = capacity;
    return true;
}

/* The format with names for '@' and '$', for free(); NULL for lack of memory. */
static char *fill_in_names(const aann_text *text, const char *format)
{
    size_t size = 1;
    const size_t name = text->name != NULL ? strlen(text->name) : 1;
    for (const char *c = format; *c != '\0'; c++) {
        size += *c == '@' || *c == '$' ? name : 1;
    }
    char *filled = aann_allocate(size, 1);
    char *to = filled;
    for (const char *c = format; filled != NULL && *c != '\0'; c++) {
        if (text->name != NULL && (*c == '@' || *c == '$')) {
            memcpy(to, *c == '@' ? text->name : text->capitals, name);
            to += name;
        } else {
            *to++ = *c;
        }
    }
    if (filled != NULL) {
        *to = '\0';
    }
    return filled;
}

static void AANN_PRINTF_LIKE(2, 0) add_list(aann_text *text, const char *format, va_list list)
{
    va_list again;
    va_copy(again, list);
    const int length = vsnprintf(NULL, 0, format, list);
    if (length < 0) {
        text->failed = true;
    } else if (reserve(text, (size_t)length)) {
        vsnprintf(text->characters + text->size, (size_t)length + 1, format, again);
        text->size += (size_t)length;
    }
    va_end(again);
}

void aann_text_add(aann_text *text, const char *format, ...)
{
    char *filled = fill_in_names(text, format);
    if (filled == NULL) {
        text->failed = true;
        return;
    }
    va_list list;
    va_start(list, format);
    add_list(text, filled, list);
    va_end(list);
    free(filled);
}

/* Characters that mean themselves in a literal and in a comment. '?' could begin a trigraph. */
static bool is_plain(char character)
{
    return character >= ' ' && character <= '~' && character != '\\' && character != '"' &&
           character != '?' && character != '*' && character != '/';
}

void aann_text_add_literal(aann_text *text, const char *name)
{
    for (; *name != '\0'; name++) {
        if (is_plain(*name) || *name == '*' || *name == '/') {
            aann_text_add(text, "%c", *name);
        } else {
            aann_text_add(text, "\\%03o", (unsigned)(unsigned char)*name);
        }
    }
}

void aann_text_add_words(aann_text *text, const char *name)
{
    char before = '\0';
    for (; *name != '\0'; name++) {
        const bool ends = (before == '*' && *name == '/') || (before == '/' && *name == '*');
        const bool plain = is_plain(*name) || ((*name == '*' || *name == '/') && !ends);
        if (plain || (unsigned char)*name >= 0x80) { /* UTF-8 is legible, and legal in a comment */
            aann_text_add(text, "%c", *name);
        } else {
            aann_text_add(text, "_");
        }
        before = *name;
    }
}

/* Adds element number i of an array; *column is where its line ends. */
static void add_element(aann_text *text, size_t i, const char *element, size_t *column)
{
    const size_t length = strlen(element) + 2;
    if (i == 0 || *column + length > LINE_LIMIT) {
        aann_text_add(text, "%s%*s%s", i == 0 ? "" : ",\n", INDENT, "", element);
        *column = INDENT + length;
    } else {
        aann_text_add(text, ", %s", element);
        *column += length;
    }
}

void aann_text_add_bytes(aann_text *text, const uint8_t *bytes, size_t count)
{
    char element[8];
    size_t column = 0;
    for (size_t i = 0; i < count; i++) {
        snprintf(element, sizeof element, "%u", (unsigned)bytes[i]);
        add_element(text, i, element, &column);
    }
}

void aann_text_add_numbers(aann_text *text, const int64_t *numbers, size_t count)
{
    char element[32];
    size_t column = 0;
    for (size_t i = 0; i < count; i++) {
        /* -2147483648 would be the negative of a number that int does not hold. */
        if (numbers[i] == INT32_MIN) {
            snprintf(element, sizeof element, "-2147483647 - 1");
        } else {
            snprintf(element, sizeof element, "%" PRId64 "%s", numbers[i],
                     numbers[i] > INT32_MAX ? "u" : "");
        }
        add_element(text, i, element, &column);
    }
}
