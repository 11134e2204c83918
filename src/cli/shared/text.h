/* Text for people, on a terminal or in a text file.
 *
 * Names of families and classes, origins, specs and paths come from files that a stranger may have
 * made. A terminal obeys escape sequences in what it is sent, and a line break in a name forges a
 * line of output. So everything that prints text goes through here: cli_print and cli_print_to are
 * printf and fprintf in which a %s shows control characters and bytes that are not UTF-8 as \x1b.
 * (tests/rules/test_terminal.py forbids printf with %s elsewhere. JSON escapes for itself.) */
#ifndef AANN_CLI_SHARED_TEXT_H
#define AANN_CLI_SHARED_TEXT_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

/* Conversions: d u x f e g c s %, with l, ll or z, flags, width and precision, also as *. A width
 * counts characters, not bytes. */
void cli_print(const char *format, ...) __attribute__((format(printf, 1, 2)));
void cli_print_to(FILE *file, const char *format, ...) __attribute__((format(printf, 2, 3)));
void cli_print_list(FILE *file, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

/* Writes as many whole characters of the text to safe[size] as fit, and a NUL. Returns how many
 * columns they take. */
size_t cli_escape(const char *text, char *safe, size_t size);

#endif
