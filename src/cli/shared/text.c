/* printf for text that nobody has checked. */
#include "cli/shared/text.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

enum { TEXT_SIZE = 4096, SPECIFICATION_SIZE = 32 };

/* ---- escaping -------------------------------------------------------------------------------- */

/* Decodes the UTF-8 character at `at`; returns its length, 0 if there is none: a stray byte, a
 * longer form than necessary, a surrogate, or the end of the text within it. */
static size_t decode(const unsigned char *at, uint32_t *character)
{
    static const uint32_t smallest[5] = {0, 0, 0x80, 0x800, 0x10000};
    const size_t length = at[0] < 0x80             ? 1
                          : (at[0] & 0xe0) == 0xc0 ? 2
                          : (at[0] & 0xf0) == 0xe0 ? 3
                          : (at[0] & 0xf8) == 0xf0 ? 4
                                                   : 0;
    *character = length < 2 ? at[0] : at[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((at[i] & 0xc0) != 0x80) {
            return 0;
        }
        *character = *character << 6 | (at[i] & 0x3fu);
    }
    const bool surrogate = *character >= 0xd800 && *character < 0xe000;
    return *character < smallest[length] || *character > 0x10ffff || surrogate ? 0 : length;
}

/* Control characters, which a terminal obeys, line separators, and marks that turn the direction of
 * writing, with which a text can look like another. */
static bool is_harmless(uint32_t c)
{
    const bool control = c < 0x20 || (c >= 0x7f && c < 0xa0);
    const bool separator = c == 0x2028 || c == 0x2029;
    const bool turns =
        c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
    return !control && !separator && !turns;
}

size_t cli_escape(const char *text, char *safe, size_t size)
{
    size_t used = 0;
    size_t columns = 0;
    const unsigned char *at = (const unsigned char *)text;
    while (*at != '\0') {
        uint32_t character;
        size_t length = decode(at, &character);
        const bool plain = length > 0 && is_harmless(character);
        length = length > 0 ? length : 1;
        const size_t needed = plain ? length : 4 * length;
        if (used + needed >= size) {
            break;
        }
        for (size_t i = 0; i < length && !plain; i++) {
            snprintf(safe + used + 4 * i, 5, "\\x%02x", (unsigned)at[i]);
        }
        if (plain) {
            memcpy(safe + used, at, length);
        }
        used += needed;
        columns += plain ? 1 : needed;
        at += length;
    }
    safe[used] = '\0';
    return columns;
}

/* ---- printing -------------------------------------------------------------------------------- */

/* "%-8.3ls" taken apart. */
typedef struct conversion {
    char flags[8];
    int width;     /* 0: none */
    int precision; /* negative: none */
    char length[3];
    char kind;
} conversion;

/* The longest beginning of *at that consists of characters in `set`, as text[size]. */
static void take(const char **at, const char *set, char *text, size_t size)
{
    const size_t length = strspn(*at, set);
    snprintf(text, size, "%.*s", (int)length, *at);
    *at += length;
}

/* A number, or * for the next argument. */
static int take_number(const char **at, va_list *arguments)
{
    int value = 0;
    if (**at == '*') {
        (*at)++;
        return va_arg(*arguments, int);
    }
    for (; **at >= '0' && **at <= '9'; (*at)++) {
        value = 10 * value + (**at - '0');
    }
    return value;
}

/* `at` is after the %; returns what follows the conversion. */
static const char *parse(const char *at, va_list *arguments, conversion *c)
{
    c->precision = -1;
    take(&at, "-+ #0", c->flags, sizeof c->flags);
    c->width = take_number(&at, arguments);
    if (*at == '.') {
        at++;
        c->precision = take_number(&at, arguments);
    }
    take(&at, "lz", c->length, sizeof c->length);
    c->kind = *at;
    return at + 1;
}

static void print_text(FILE *file, const conversion *c, const char *text)
{
    char cut[TEXT_SIZE];
    char safe[TEXT_SIZE];
    const char *shown = text != NULL ? text : "(none)";
    if (c->precision >= 0) {
        snprintf(cut, sizeof cut, "%.*s", c->precision, shown);
        shown = cut;
    }
    const size_t columns = cli_escape(shown, safe, sizeof safe);
    const int padding = (size_t)c->width > columns ? c->width - (int)columns : 0;
    const bool left = strchr(c->flags, '-') != NULL;
    fprintf(file, "%*s%s%*s", left ? 0 : padding, "", safe, left ? padding : 0, "");
}

/* The next argument, a whole number of any size. */
static long long take_whole(const conversion *c, va_list *arguments)
{
    if (strcmp(c->length, "ll") == 0) {
        return va_arg(*arguments, long long);
    }
    if (strcmp(c->length, "l") == 0) {
        return va_arg(*arguments, long);
    }
    if (strcmp(c->length, "z") == 0) {
        return (long long)va_arg(*arguments, size_t);
    }
    return c->kind == 'd' ? va_arg(*arguments, int) : (long long)va_arg(*arguments, unsigned);
}

static void print_number(FILE *file, const conversion *c, va_list *arguments)
{
    char how[SPECIFICATION_SIZE];
    if (c->kind == 'c') { /* a precision would make no sense */
        fprintf(file, "%*c", c->width, va_arg(*arguments, int));
    } else if (strchr("feg", c->kind) != NULL) {
        snprintf(how, sizeof how, "%%%s*.*%c", c->flags, c->kind);
        fprintf(file, how, c->width, c->precision, va_arg(*arguments, double));
    } else {
        snprintf(how, sizeof how, "%%%s*.*ll%c", c->flags, c->kind);
        fprintf(file, how, c->width, c->precision, take_whole(c, arguments));
    }
}

void cli_print_list(FILE *file, const char *format, va_list arguments)
{
    va_list rest;
    va_copy(rest, arguments);
    for (const char *at = format; *at != '\0';) {
        const size_t plain = strcspn(at, "%");
        fwrite(at, 1, plain, file);
        at += plain;
        if (*at == '\0') {
            break;
        }
        conversion c;
        at = parse(at + 1, &rest, &c);
        if (c.kind == '%') {
            fputc('%', file);
        } else if (c.kind == 's') {
            print_text(file, &c, va_arg(rest, const char *));
        } else {
            print_number(file, &c, &rest);
        }
    }
    va_end(rest);
}

void cli_print(const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    cli_print_list(stdout, format, arguments);
    va_end(arguments);
}

void cli_print_to(FILE *file, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    cli_print_list(file, format, arguments);
    va_end(arguments);
}
