/* Unicode text as UTF-8. */
#ifndef AANN_CORE_UTF8_H
#define AANN_CORE_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes of one character at most. */
enum { AANN_UTF8_SIZE = 4 };

/* Whether text[length] is UTF-8: no stray byte, no form that is longer than necessary, no
 * surrogate. */
bool aann_utf8_is_valid(const char *text, size_t length);

/* Whether a text, if there is one (NULL: none), is no UTF-8. */
bool aann_utf8_is_odd(const char *text);

/* Writes a character; returns its length, 1 to 4. What is no character becomes U+FFFD. */
size_t aann_utf8_encode(uint32_t character, char text[AANN_UTF8_SIZE]);

/* The character that a byte is in Windows-1252. */
uint32_t aann_utf8_of_windows(uint8_t byte);

#endif
