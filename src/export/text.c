/* Source text that grows as it is written. */
#include "export/text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/memory.h"
#include "core/utf8.h"

enum { LINE_LIMIT = 96, INDENT = 4 };

/* Makes room for `more` characters and a NUL. */
static bool reserve(aann_text *text, size_t more)
{
    size_t room = 0;
    char *grown = NULL;
    if (!text->failed && aann_add_sizes(more, 1, &room)) {
        grown = aann_grow(text->characters, &text->capacity, text->size, room);
    }
    if (grown == NULL) {
        text->failed = true;
        return false;
    }
    text->characters = grown;
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

/* Whether a character beyond ASCII ends a line or turns the direction of writing. With those a
 * comment may look like code and code like a comment, and compilers warn of them. */
static bool is_control(const unsigned char *character)
{
    const unsigned lead = character[0];
    const unsigned last = character[1];
    if (lead != 0xe2) {
        return (lead == 0xc2 && last < 0xa0) || (lead == 0xd8 && last == 0x9c);
    }
    const unsigned end = character[2];
    return (last == 0x80 && (end == 0x8e || end == 0x8f || (end >= 0xa8 && end <= 0xae))) ||
           (last == 0x81 && end >= 0xa6 && end <= 0xa9);
}

/* The bytes of a character beyond ASCII that is legible in a comment; 0 if `name` begins with
 * none. */
static size_t legible_length(const char *name)
{
    const size_t left = strlen(name);
    for (size_t size = 2; size <= AANN_UTF8_SIZE && size <= left; size++) {
        if (aann_utf8_is_valid(name, size)) {
            const bool beyond = (unsigned char)name[0] >= 0x80;
            return beyond && !is_control((const unsigned char *)name) ? size : 0;
        }
    }
    return 0;
}

void aann_text_add_words(aann_text *text, const char *name)
{
    char before = '\0';
    while (*name != '\0') {
        const bool ends = (before == '*' && *name == '/') || (before == '/' && *name == '*');
        const bool plain = is_plain(*name) || ((*name == '*' || *name == '/') && !ends);
        const size_t legible = plain ? 1 : legible_length(name);
        if (legible > 0) {
            aann_text_add(text, "%.*s", (int)legible, name);
        } else {
            aann_text_add(text, "_");
        }
        before = *name;
        name += legible > 0 ? legible : 1;
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
